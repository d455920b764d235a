//! Programs about files and directories: each done in one go, unless it asks.

mod ask;
mod backup;
mod copy;
mod dd;
mod dirs;
mod find_path;
mod free;
mod install;
mod links;
mod list;
mod measure;
pub mod mode;
mod own;
mod remove;
mod small;
mod stat;
mod tar;
pub mod users;

pub use ask::Asker;
pub use copy::Transfer;
pub use dd::Dd;
pub use dirs::{mkdir, mktemp, rmdir, touch};
pub use find_path::{readlink, realpath};
pub use free::df;
pub use install::install;
pub use links::Ln;
pub use list::ls;
pub use measure::du;
pub use own::{chmod, chown};
pub use remove::{Rm, remove_tree};
pub use small::{link, truncate, tty};
pub use stat::{blocks, full_time, mode_text, pad, stat};
pub use tar::Tar;
