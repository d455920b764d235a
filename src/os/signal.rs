//! Unix signals, as far as containers meet them.

/// A signal, with Linux's x86 number as its value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)]
#[repr(u8)]
pub enum Signal {
    Hup = 1,
    Int = 2,
    Quit = 3,
    Ill = 4,
    Trap = 5,
    Abrt = 6,
    Bus = 7,
    Fpe = 8,
    Kill = 9,
    Usr1 = 10,
    Segv = 11,
    Usr2 = 12,
    Pipe = 13,
    Alrm = 14,
    Term = 15,
    Stkflt = 16,
    Chld = 17,
    Cont = 18,
    Stop = 19,
    Tstp = 20,
    Ttin = 21,
    Ttou = 22,
    Urg = 23,
    Xcpu = 24,
    Xfsz = 25,
    Vtalrm = 26,
    Prof = 27,
    Winch = 28,
    Io = 29,
    Pwr = 30,
    Sys = 31,
}

impl Signal {
    /// All of them, by number.
    pub const ALL: [Signal; 31] = [
        Signal::Hup,
        Signal::Int,
        Signal::Quit,
        Signal::Ill,
        Signal::Trap,
        Signal::Abrt,
        Signal::Bus,
        Signal::Fpe,
        Signal::Kill,
        Signal::Usr1,
        Signal::Segv,
        Signal::Usr2,
        Signal::Pipe,
        Signal::Alrm,
        Signal::Term,
        Signal::Stkflt,
        Signal::Chld,
        Signal::Cont,
        Signal::Stop,
        Signal::Tstp,
        Signal::Ttin,
        Signal::Ttou,
        Signal::Urg,
        Signal::Xcpu,
        Signal::Xfsz,
        Signal::Vtalrm,
        Signal::Prof,
        Signal::Winch,
        Signal::Io,
        Signal::Pwr,
        Signal::Sys,
    ];

    /// Linux's number.
    pub fn number(self) -> u8 {
        self as u8
    }

    /// The name without `SIG`, upper case.
    pub fn name(self) -> &'static str {
        match self {
            Signal::Hup => "HUP",
            Signal::Int => "INT",
            Signal::Quit => "QUIT",
            Signal::Ill => "ILL",
            Signal::Trap => "TRAP",
            Signal::Abrt => "ABRT",
            Signal::Bus => "BUS",
            Signal::Fpe => "FPE",
            Signal::Kill => "KILL",
            Signal::Usr1 => "USR1",
            Signal::Segv => "SEGV",
            Signal::Usr2 => "USR2",
            Signal::Pipe => "PIPE",
            Signal::Alrm => "ALRM",
            Signal::Term => "TERM",
            Signal::Stkflt => "STKFLT",
            Signal::Chld => "CHLD",
            Signal::Cont => "CONT",
            Signal::Stop => "STOP",
            Signal::Tstp => "TSTP",
            Signal::Ttin => "TTIN",
            Signal::Ttou => "TTOU",
            Signal::Urg => "URG",
            Signal::Xcpu => "XCPU",
            Signal::Xfsz => "XFSZ",
            Signal::Vtalrm => "VTALRM",
            Signal::Prof => "PROF",
            Signal::Winch => "WINCH",
            Signal::Io => "IO",
            Signal::Pwr => "PWR",
            Signal::Sys => "SYS",
        }
    }

    /// By number, or by name with or without `SIG`, in any case.
    pub fn parse(text: &str) -> Option<Signal> {
        let upper = text.to_ascii_uppercase();
        let name = upper.strip_prefix("SIG").unwrap_or(&upper);
        Signal::ALL
            .into_iter()
            .find(|signal| signal.name() == name || signal.number().to_string() == text)
    }

    /// Whether the kernel stops a process that does nothing about it.
    pub fn stops_by_default(self) -> bool {
        matches!(self, Signal::Stop | Signal::Tstp | Signal::Ttin | Signal::Ttou)
    }

    /// Whether a process without a handler just goes on.
    pub fn ignored_by_default(self) -> bool {
        matches!(self, Signal::Chld | Signal::Cont | Signal::Urg | Signal::Winch)
    }
}
