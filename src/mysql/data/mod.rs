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
mod zone;

pub use catalog::{Account, Catalog, Copied, Database, Plugin, Privileges, View};
pub use charset::Charset;
pub use clock::{CLOCK_MAX, clock_text, parse_clock};
pub use decimal::Decimal;
pub use double::{SHORTEST, SINGLE, double_text};
pub use moment::{
    DAY, SECOND, ZERO_DATE, cut_off, date_of, date_text, days_from_civil, days_of_month, fields,
    fraction_text, micros, moment_text, parse_moment, rounded,
};
pub use table::{Column, Default, ForeignKey, Key, Referential, Row, Table};
pub use types::{Type, in_brackets};
pub use value::Value;
pub use zone::{Zone, is_other_zone};
