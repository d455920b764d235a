//! Programs about files and directories: each done in one go.

mod copy;
mod dirs;
mod find_path;
mod links;
mod list;
mod measure;
pub mod mode;
mod own;
mod remove;
mod stat;
pub mod users;

pub use copy::{cp, mv};
pub use dirs::{mkdir, mktemp, rmdir, touch};
pub use find_path::{readlink, realpath};
pub use links::ln;
pub use list::ls;
pub use measure::{df, du};
pub use own::{chmod, chown};
pub use remove::{remove_tree, rm};
pub use stat::{mode_text, stat};
