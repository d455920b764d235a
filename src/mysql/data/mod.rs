//! What a server stores: databases, tables, rows, accounts. Plain data that a backup can copy.

mod catalog;
mod moment;
mod table;
mod types;
mod value;

pub use catalog::{Account, Catalog, Copied, Database, Privileges};
pub use moment::{
    ZERO_DATE, date_text, days_from_civil, days_of_month, fields, moment_text, parse_moment,
};
pub use table::{Column, Default, Key, Row, Table};
pub use types::{Charset, Type};
pub use value::{Decimal, Value};
