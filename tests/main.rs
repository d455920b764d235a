//! One integration binary: each module judges one part against outside truth.

mod tidy;
mod verdicts;
