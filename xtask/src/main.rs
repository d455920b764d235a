//! Sets up what is missing, then serves or proves the app.
fn main() {}
