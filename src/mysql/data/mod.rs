//! What a server stores: databases, tables, rows, accounts. Plain data that a backup can copy.

mod catalog;
mod charset;
mod clock;
mod decimal;
mod double;
pub mod latin;
mod moment;
mod table;
mod types;
mod value;

pub use catalog::{Account, Catalog, Copied, Database, Privileges};
pub use charset::Charset;
pub use clock::{CLOCK_MAX, clock_text, parse_clock};
pub use decimal::Decimal;
pub use double::{SHORTEST, SINGLE, double_text};
pub use moment::{
    ZERO_DATE, date_text, days_from_civil, days_of_month, fields, moment_text, parse_moment,
};
pub use table::{Column, Default, ForeignKey, Key, Referential, Row, Table};
pub use types::Type;
pub use value::Value;
