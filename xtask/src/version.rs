//! Reading versions.

/// The version of `package` in the text of a `Cargo.lock`.
pub fn locked<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let mut lines = lock.lines();
    let name = format!("name = \"{package}\"");
    lines.find(|line| *line == name)?;
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// The first thing in a tool's answer that looks like a version: `trunk 0.21.14` → `[0, 21, 14]`.
pub fn in_answer(answer: &str) -> Option<Vec<u32>> {
    answer.split_whitespace().find_map(|word| {
        let word = word.trim_start_matches('v');
        let parts: Vec<u32> = word.split('.').map_while(|part| part.parse().ok()).collect();
        (parts.len() >= 2).then_some(parts)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = "\
[[package]]
name = \"wasm-bindgen-macro\"
version = \"0.2.1\"

[[package]]
name = \"wasm-bindgen\"
version = \"0.2.130\"
source = \"registry\"
";

    #[test]
    fn a_locked_version_is_the_one_of_exactly_that_package() {
        assert_eq!(locked(LOCK, "wasm-bindgen"), Some("0.2.130"));
        assert_eq!(locked(LOCK, "wasm-bindgen-macro"), Some("0.2.1"));
        assert_eq!(locked(LOCK, "wasm"), None);
    }

    #[test]
    fn this_repository_locks_a_wasm_bindgen() {
        let lock = include_str!("../../Cargo.lock");
        assert!(locked(lock, "wasm-bindgen").is_some());
    }

    #[test]
    fn versions_are_found_in_what_tools_say() {
        let cases: [(&str, Option<&[u32]>); 7] = [
            ("trunk 0.21.14", Some(&[0, 21, 14])),
            ("trunk 0.22.0-beta.1", Some(&[0, 22])),
            ("wasm-bindgen 0.2.130", Some(&[0, 2, 130])),
            ("v20.20.2", Some(&[20, 20, 2])),
            ("Chromium 156.0.8078.73 built on Debian", Some(&[156, 0, 8078, 73])),
            ("command not found", None),
            ("", None),
        ];
        for (answer, expected) in cases {
            assert_eq!(in_answer(answer).as_deref(), expected, "{answer}");
        }
    }
}
