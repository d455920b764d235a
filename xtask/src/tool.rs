//! What must be on the machine: looking for it, installing it, saying how long that takes.
//!
//! Nothing of the person's own is replaced: a tool of the right version on `PATH` is used, any
//! other goes to a folder of its own that every clone on this machine shares. First everything is
//! looked for; what can neither be found nor installed is said before anything is installed.

mod install;

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use install::Install;

use crate::Trouble;
use crate::command::{answer, find, path_with, say};
use crate::version;

/// The target the page is compiled for.
const TARGET: &str = "wasm32-unknown-unknown";

/// Node.js before this one runs neither the npm packages nor the test runner's options we use.
const NODE_MAJOR_MIN: u32 = 20;

/// Trunk's releases that our `Trunk.toml` is written for.
const TRUNK: [u32; 2] = [0, 21];

/// Tools that are ready for use.
pub struct Tools {
    /// `PATH` for children that need them.
    pub path: OsString,
    /// A Chromium, where one was asked for.
    pub chromium: Option<PathBuf>,
}

/// Finds or installs everything that building the page needs, and a browser `with_browser`.
pub fn ready(root: &Path, with_browser: bool) -> Result<Tools, Trouble> {
    let home = home()?;
    let lock = fs::read_to_string(root.join("Cargo.lock"))
        .map_err(|error| format!("Cargo.lock cannot be read: {error}"))?;
    let bindgen = version::locked(&lock, "wasm-bindgen")
        .ok_or("Cargo.lock names no wasm-bindgen, so there is no page to build.")?;

    let (mut installs, mut troubles) = (Vec::new(), Vec::new());
    for looked in [
        target(),
        node(),
        trunk(&home),
        wasm_bindgen(&home, bindgen),
        packages(root),
        if with_browser { chromium_or_install() } else { Ok(None) },
    ] {
        match looked {
            Ok(install) => installs.extend(install),
            Err(trouble) => troubles.push(trouble),
        }
    }
    if !troubles.is_empty() {
        return Err(troubles.join("\n"));
    }
    if !installs.is_empty() {
        let names: Vec<String> = installs.iter().map(|it| it.to_string()).collect();
        say(&format!("missing and about to be installed: {}", names.join(", ")));
    }
    for install in installs {
        install.run(root, &home)?;
    }
    Ok(Tools {
        path: path_with(&[
            home.trunk().join("bin"),
            home.wasm_bindgen(bindgen).join("bin"),
            root.join("end2end/node_modules/.bin"),
        ])?,
        chromium: if with_browser { chromium() } else { None },
    })
}

/// The folder of tools that all clones on this machine share.
pub struct Home(PathBuf);

impl Home {
    fn trunk(&self) -> PathBuf {
        self.0.join(format!("trunk-{}.{}", TRUNK[0], TRUNK[1]))
    }

    fn wasm_bindgen(&self, version: &str) -> PathBuf {
        self.0.join(format!("wasm-bindgen-{version}"))
    }
}

fn home() -> Result<Home, Trouble> {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|it| it.is_absolute());
    let user = env::home_dir().map(|it| it.join(".cache"));
    let cache = cache.or(user).ok_or(
        "There is no home folder to keep tools in: set XDG_CACHE_HOME to a folder of yours.",
    )?;
    Ok(Home(cache.join("ordinal")))
}

type Looked = Result<Option<Install>, Trouble>;

fn target() -> Looked {
    let rustc = env::var_os("RUSTC").unwrap_or("rustc".into());
    let folder = answer(rustc, &["--print", "target-libdir", "--target", TARGET]);
    if folder.is_some_and(|it| Path::new(&it).is_dir()) {
        return Ok(None);
    }
    if find("rustup").is_some() {
        return Ok(Some(Install::Target));
    }
    Err(format!(
        "Rust's {TARGET} target is missing, and so is rustup that could add it: \
         install Rust with rustup, or that target from where your Rust comes from."
    ))
}

fn node() -> Looked {
    let major = answer("node", &["--version"])
        .and_then(|it| version::in_answer(&it))
        .and_then(|it| it.first().copied());
    match major {
        Some(major) if major < NODE_MAJOR_MIN => Err(format!(
            "Node.js {major} is too old: install Node.js {NODE_MAJOR_MIN} or newer (with npm), \
             then run this again."
        )),
        Some(_) if find("npm").is_some() => Ok(None),
        Some(_) => Err("npm is missing: install it beside Node.js, then run this again.".into()),
        None => Err(format!(
            "Node.js is missing: install Node.js {NODE_MAJOR_MIN} or newer (with npm), \
             then run this again."
        )),
    }
}

fn trunk(home: &Home) -> Looked {
    let right = |program: OsString| {
        let version = answer(program, &["--version"]).and_then(|it| version::in_answer(&it));
        version.is_some_and(|it| it.starts_with(&TRUNK))
    };
    let found = right(home.trunk().join("bin/trunk").into()) || right("trunk".into());
    Ok((!found).then_some(Install::Trunk))
}

fn wasm_bindgen(home: &Home, version: &str) -> Looked {
    let right = |program: OsString| {
        answer(program, &["--version"]).is_some_and(|it| it == format!("wasm-bindgen {version}"))
    };
    let found = right(home.wasm_bindgen(version).join("bin/wasm-bindgen").into())
        || right("wasm-bindgen".into());
    Ok((!found).then(|| Install::WasmBindgen(version.to_string())))
}

fn packages(root: &Path) -> Looked {
    let read = |file: &str| fs::read(root.join("end2end").join(file));
    let wanted = read("package-lock.json")
        .map_err(|error| format!("end2end/package-lock.json cannot be read: {error}"))?;
    let have = read(install::PACKAGES_STAMP).ok();
    Ok((have != Some(wanted)).then_some(Install::Packages))
}

fn chromium_or_install() -> Looked {
    if let Some(named) = env::var_os("CHROMIUM") {
        return match chromium() {
            Some(_) => Ok(None),
            None => Err(format!("CHROMIUM names {}, which does not run.", named.display())),
        };
    }
    if chromium().is_some() {
        Ok(None)
    } else if find("apt-get").is_some() && is_root() {
        Ok(Some(Install::Chromium))
    } else {
        Err("Chromium is missing, and only root on Debian could install it here: install \
             Chromium or Chrome, or name one with CHROMIUM=/path/to/it, then run this again."
            .into())
    }
}

fn chromium() -> Option<PathBuf> {
    let runs = |program: &PathBuf| answer(program, &["--version"]).is_some();
    if let Some(named) = env::var_os("CHROMIUM") {
        return Some(PathBuf::from(named)).filter(runs);
    }
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let bundle = PathBuf::from("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
    names.into_iter().filter_map(find).chain([bundle]).find(runs)
}

fn is_root() -> bool {
    answer("id", &["-u"]).is_some_and(|it| it == "0")
}
