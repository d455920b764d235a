//! Programs about processes, the machine, and values.

mod date;
mod expr;
mod find;
mod flock;
mod getopt;
mod ps;
mod run;
mod seq;
mod simple;
mod sleep;
mod test;
mod timeout;
mod watch;
mod wrap;
mod xargs;

pub use date::{date, read_date};
pub use expr::expr;
pub use find::{Find, matches_glob};
pub use flock::Flock;
pub use getopt::getopt;
pub use ps::ps;
pub use run::{Env, find_program, kill, printenv};
pub use seq::seq;
pub use simple::{
    arch, basename, clear, dirname, echo, groups, hostname, id, nproc, pwd, uname, which, whoami,
};
pub use sleep::{Sleep, Yes, duration};
pub use test::test;
pub use timeout::Timeout;
pub use watch::Watch;
pub use wrap::Wrap;
pub use xargs::Xargs;
