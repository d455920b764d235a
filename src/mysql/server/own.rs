//! A session's own copies of variables: SET GLOBAL is for sessions to come. Models the copying of
//! `global_system_variables` in `THD::init`.

use super::Mysqld;
use super::variables::{GLOBAL_ONLY, READ_ONLY};
use crate::mysql::run::{Session, Variables};

/// Variables that a session begins with a copy of, though it may not set this one.
const COPIED: &str = "max_allowed_packet";

/// Switches that a session looks up in its own variables only: ON, if it has none.
const SWITCHES: [&str; 4] = ["autocommit", "foreign_key_checks", "sql_notes", "unique_checks"];

impl Mysqld {
    /// Before a global variable changes: the sessions there are keep what they have.
    pub(super) fn keep_own(&mut self, name: &str, session: &mut Session) {
        let is_global = GLOBAL_ONLY.contains(&name) || READ_ONLY.contains(&name);
        if is_global && name != COPIED {
            return;
        }
        let Some(now) = self.globals.get(name).cloned() else { return };
        let others = self.conns.iter_mut().filter_map(|conn| conn.session.as_mut());
        for session in others.chain([session]) {
            let known = session.vars.get(name).is_some();
            if !known {
                session.vars.insert(name.into(), now.clone());
            }
        }
    }
}

/// The variables a session begins with: those whose global values are read here.
pub(super) fn first_variables(globals: &Variables) -> Variables {
    let mut vars = Variables::new();
    for name in SWITCHES {
        if globals.get(name).is_some_and(|value| value == "OFF") {
            vars.insert(name.into(), "OFF".into());
        }
    }
    vars
}
