//! Programs about text: filters from operands or standard input to standard output.

pub mod awk;
mod cat;
mod cmp;
mod cut;
mod diff;
mod digest;
mod dump;
mod escape;
mod follow;
mod grep;
mod gzip;
mod head;
mod join;
mod pair;
mod printf;
pub mod sed;
mod sort;
mod split;
mod tabs;
mod tail;
mod tee;
mod tr;
mod uniq;
mod wc;
mod whole;

pub use cat::Cat;
pub use cut::Cut;
pub use digest::Sum;
pub use dump::Dump;
pub use escape::{escape_at, unescape, unescape_echo};
pub use grep::Grep;
pub use gzip::{Gzip, is_packed, pack, unpack_all};
pub use head::Head;
pub use pair::Pair;
pub use printf::printf;
pub use sort::{Sort, compare_versions};
pub use split::Split;
pub use tail::Tail;
pub use tee::Tee;
pub use tr::Tr;
pub use uniq::Uniq;
pub use wc::Wc;
pub use whole::Whole;

use super::say::say;
use super::{Context, quote};
use crate::os::Errno;

/// `name: FILE: No such file or directory`.
fn complain_of(cx: &mut Context, name: &[u8], errno: Errno) {
    cx.complain(say!(quote::needed(name), ": ", errno.text()));
}
