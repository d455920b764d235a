//! What a program may ask of its machine: the system calls, as a trait.
//!
//! Every program in the model (the shell, mysqld, ncat, sed …) is plain data with a `turn(&mut
//! self, sys: &mut dyn Sys)`. `node::Sys` is the machine behind it; tests may bring their own.
//! Nothing here knows Kubernetes, bash or MySQL.
//!
//! A call that would block never does: it answers [`Poll::Wait`], and the program returns
//! [`Turn::Blocked`] with what it waits for. The machine wakes it when that has happened, and it
//! asks again.

mod errno;
mod signal;
mod sys;
mod turn;

pub use errno::{Errno, NetError};
pub use signal::Signal;
pub use sys::{Credentials, FileKind, FileSystem, Listed, Open, Poll, Seek, Stat, Sys};
pub use turn::{Disposition, Fd, TimerId, Turn, Wait, WaitStatus};
