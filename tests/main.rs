//! One integration binary: each module judges one part against outside truth.

mod bash;
mod branches;
mod chooser;
mod export;
mod faults;
mod goldens;
mod kube;
mod mysql;
mod play;
mod tidy;
mod tools;
mod trails;
mod verdicts;
