//! What kubectl prints of objects. Models pkg/printers and kubectl/pkg/describe.

mod columns;
mod container;
mod describe;
mod duration;
mod kinds;
mod pod;
mod tabs;

pub use columns::{Listing, cells, events_table, headers, table};
pub use describe::describe;
pub use kinds::access_modes;
pub use tabs::{Tabs, align};

/// A pod template as `describe` and `rollout history` print it.
pub fn describe_template(template: &crate::manifest::object::PodTemplateSpec) -> String {
    let mut tabs = Tabs::default();
    pod::template(&mut tabs, template);
    tabs.aligned()
}
