//! A case of the bash judge: a script, and what the real shell did with it.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::{Deserialize, Serialize};

/// A file of cases.
#[derive(Serialize, Deserialize, Debug)]
pub struct Cases {
    /// Which shells were asked: `bash --version`'s first line, and dash's package.
    #[serde(default)]
    pub recorded_from: String,
    /// The cases.
    pub cases: Vec<Case>,
}

/// A script, and what the real shell did with it.
#[derive(Serialize, Deserialize, Debug, Clone, Default, PartialEq, Eq)]
pub struct Case {
    /// What it shows; unique in its file.
    pub name: String,
    /// The script.
    pub script: String,
    /// Run as `bash -c SCRIPT name args…` (else as `bash script.sh args…`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub command: bool,
    /// Run by dash as `sh`.
    #[serde(default, skip_serializing_if = "is_false")]
    pub sh: bool,
    /// Arguments.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub args: Vec<String>,
    /// Options of the shell itself (`-e`, `-x`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Files that are there, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// Standard input.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stdin: String,
    /// What came of it.
    #[serde(default)]
    pub stdout: String,
    /// What it complained about.
    #[serde(default)]
    pub stderr: String,
    /// The exit status.
    #[serde(default)]
    pub status: i32,
}

fn is_false(on: &bool) -> bool {
    !on
}

impl Case {
    /// The command line, without the shell's own name.
    pub fn arguments(&self) -> Vec<String> {
        let mut all = self.options.clone();
        if self.command {
            all.extend(["-c".to_string(), self.script.clone(), self.shell().to_string()]);
        } else {
            all.push("script.sh".to_string());
        }
        all.extend(self.args.iter().cloned());
        all
    }

    /// The shell's name.
    pub fn shell(&self) -> &'static str {
        if self.sh { "sh" } else { "bash" }
    }

    /// Files of the directory it runs in.
    pub fn all_files(&self) -> BTreeMap<String, String> {
        let mut files = self.files.clone();
        if !self.command {
            files.insert("script.sh".to_string(), self.script.clone());
        }
        files
    }

    /// What the machine's own shell does with it in an empty directory: output, complaints, status.
    pub fn run_for_real(&self, dir: &Path) -> Option<(String, String, i32)> {
        std::fs::create_dir_all(dir).ok()?;
        for (name, content) in self.all_files() {
            let path = dir.join(&name);
            std::fs::create_dir_all(path.parent()?).ok()?;
            std::fs::write(path, content).ok()?;
        }
        let input = dir.with_extension("stdin");
        std::fs::write(&input, &self.stdin).ok()?;
        let shell = if self.sh { "/usr/bin/dash" } else { "/bin/bash" };
        let output = Command::new("/usr/bin/timeout")
            .args(["10", "/usr/bin/env", "-i", "PATH=/usr/bin:/bin", "HOME=/root"])
            .args(["/bin/bash", "-c", "exec -a \"$0\" \"$@\"", self.shell(), shell])
            .args(self.arguments())
            .current_dir(dir)
            .stdin(Stdio::from(std::fs::File::open(&input).ok()?))
            .output()
            .ok()?;
        let _ = std::fs::remove_file(input);
        let _ = std::fs::remove_dir_all(dir);
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        let signal = std::os::unix::process::ExitStatusExt::signal(&output.status);
        let code = output.status.code().or(signal.map(|signal| 128 + signal)).unwrap_or(-1);
        Some((text(output.stdout), text(output.stderr), code))
    }
}
