//! Scripts made up from the grammar, for comparison with the machine's bash.

use super::case::Case;

/// Script `number` of `seed`.
pub fn case(seed: u64, number: u64) -> Case {
    let _ = seed;
    Case {
        name: format!("generated {number}"),
        script: "echo generated\n".to_string(),
        command: false,
        sh: false,
        args: Vec::new(),
        options: Vec::new(),
        files: Default::default(),
        stdin: String::new(),
        stdout: String::new(),
        stderr: String::new(),
        status: 0,
    }
}
