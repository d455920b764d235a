//! `cargo xtask serve`.

use std::path::Path;
use std::process::Command;

use crate::Trouble;
use crate::command::{run, say};
use crate::{site, tool};

/// What the person asked for.
#[derive(Debug, PartialEq, Eq)]
struct Options {
    port: u16,
    watch: bool,
}

/// Builds the page if it is not up to date, and serves it until interrupted.
pub fn main(root: &Path, words: &[&str]) -> Result<(), Trouble> {
    let options = options(words)?;
    let tools = tool::ready(root, false)?;
    if options.watch {
        site::fetch(root)?;
        let mut trunk = site::trunk(root, &tools);
        trunk.args(["serve", "--port", &options.port.to_string()]);
        return run(&mut trunk, "The page is no longer served: the lines above say why.");
    }
    site::build(root, &tools)?;
    let mut server = Command::new("node");
    server.arg("end2end/serve.mjs").arg("dist").arg(options.port.to_string()).current_dir(root);
    say("serving dist/ until you press Ctrl-C");
    run(&mut server, "The page is no longer served: the lines above say why.")
}

fn options(words: &[&str]) -> Result<Options, Trouble> {
    let mut options = Options { port: 8080, watch: false };
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--watch" => options.watch = true,
            "--port" => {
                let port = words.next().and_then(|it| it.parse().ok());
                options.port = port.ok_or("--port needs a number from 0 to 65535.")?;
            }
            other => return Err(format!("`serve` knows --port N and --watch, not {other}.")),
        }
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_or_explained() {
        assert_eq!(options(&[]), Ok(Options { port: 8080, watch: false }));
        assert_eq!(options(&["--port", "9", "--watch"]), Ok(Options { port: 9, watch: true }));
        assert!(options(&["--port"]).is_err());
        assert!(options(&["--port", "70000"]).is_err());
        assert!(options(&["now"]).is_err());
    }
}
