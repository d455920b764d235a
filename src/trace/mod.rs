//! What the model says about a step: plain data without behaviour, and without a sentence in any
//! language.

mod actor;
mod binlog;
mod cause;
pub mod fact;
mod site;
mod step;

pub use actor::Actor;
pub use binlog::BinlogEvent;
pub use cause::{Cause, Via};
pub use fact::Fact;
pub use site::{Place, Site, SiteRole};
pub use step::{Scope, Step};
