//! Facts of processes, files, pipes and connections.

/// What a machine did.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum MachineFact {
    /// A program was asked for something the real one can do and the model's cannot.
    NotModelled {
        /// The program.
        program: String,
        /// The option, command or construct, as written.
        what: String,
    },
}
