//! Many cases in the machine's own shells at once: one driver starts them, each in a directory of
//! its own.

use std::path::Path;
use std::process::{Command, Stdio};

use super::case::Case;

/// Standard output, standard error, exit code.
pub type Outcome = (String, String, i32);

/// Starts every case; none may use more than a second of processor time or write more than 1 MiB.
const DRIVER: &str = r#"
ulimit -t 1 -f 1024 -c 0
for dir in [0-9]*; do
  mapfile -d '' -t argv <"$dir/argv"
  ( cd "$dir/work" && exec timeout -s KILL 5 env -i PATH=/usr/bin:/bin HOME=/root "${argv[@]}" \
      <../stdin >../stdout 2>../stderr ) 2>/dev/null
  echo $? >"$dir/status"
done 2>/dev/null
"#;

/// What the machine's shells do with the cases; `None` where one did not end.
pub fn run_all(cases: &[Case], dir: &Path) -> Vec<Option<Outcome>> {
    let _ = std::fs::remove_dir_all(dir);
    for (number, case) in cases.iter().enumerate() {
        let place = dir.join(format!("{number:06}"));
        prepare(case, &place).expect("a scratch directory can be filled");
    }
    let status = Command::new("/bin/bash")
        .args(["-c", DRIVER])
        .current_dir(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.expect("bash can be run");
    let outcomes = (0..cases.len()).map(|number| outcome(&dir.join(format!("{number:06}"))));
    let outcomes = outcomes.collect();
    let _ = std::fs::remove_dir_all(dir);
    outcomes
}

fn prepare(case: &Case, place: &Path) -> std::io::Result<()> {
    let work = place.join("work");
    std::fs::create_dir_all(&work)?;
    for (name, content) in case.all_files() {
        let path = work.join(&name);
        std::fs::create_dir_all(path.parent().unwrap_or(&work))?;
        std::fs::write(&path, content)?;
    }
    std::fs::write(place.join("stdin"), &case.stdin)?;
    let mut argv = vec![if case.sh { "/usr/bin/dash" } else { "/bin/bash" }.to_string()];
    argv.extend(case.arguments());
    std::fs::write(
        place.join("argv"),
        argv.iter().map(|arg| format!("{arg}\0")).collect::<String>(),
    )
}

/// `None`: killed for its time, or for what it wrote.
fn outcome(place: &Path) -> Option<Outcome> {
    let text = |name: &str| -> Option<String> {
        let bytes = std::fs::read(place.join(name)).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    let status: i32 = text("status")?.trim().parse().ok()?;
    let stopped = matches!(status, 137 | 124 | 153 | 152);
    (!stopped).then_some((text("stdout")?, text("stderr")?, status))
}
