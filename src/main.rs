//! The browser entry.

#![forbid(unsafe_code)]

mod ui;

fn main() {
    ui::start();
}
