//! What a client says and hears, in its character set.

use crate::mysql::data::{Charset, latin};
use crate::mysql::run::{Answer, Session, Variables};
use crate::mysql::sql::SqlError;

/// A session's character set, `client` or `results`.
fn charset<'s>(which: &str, session: &'s Session, globals: &'s Variables) -> &'s str {
    let name = format!("character_set_{which}");
    session.vars.get(&name).or_else(|| globals.get(&name)).map_or("latin1", String::as_str)
}

/// A statement as latin1, which is what this model keeps: its client may speak UTF-8.
pub(super) fn heard(sql: &str, session: &Session, globals: &Variables) -> Result<String, SqlError> {
    let charset = charset("client", session, globals);
    let text = match charset {
        _ if sql.is_ascii() => Some(sql.into()),
        "latin1" | "binary" => Some(sql.into()),
        utf8 if utf8.starts_with("utf8") => latin::from_unicode(sql),
        _ => None,
    };
    let other = || SqlError::not_modelled(format!("such text with SET NAMES {charset}"));
    text.ok_or_else(other)
}

/// SET NAMES, or what a client says of itself at its login.
pub(super) fn set_names(name: &str, session: &mut Session) {
    for variable in ["client", "connection", "results"] {
        session.vars.insert(format!("character_set_{variable}"), name.to_string());
    }
    let collation = Charset::parse(name).map_or("binary", Charset::collation);
    session.vars.insert("collation_connection".into(), collation.into());
}

/// An answer in the character set its client has asked for.
pub(super) fn sent(
    answer: &mut Answer,
    session: &Session,
    globals: &Variables,
) -> Result<(), SqlError> {
    let charset = charset("results", session, globals);
    let Answer::Rows(rows) = answer else { return Ok(()) };
    if ["latin1", "binary", "NULL"].contains(&charset) {
        return Ok(());
    }
    let names = rows.heads.iter_mut().map(|head| &mut head.name);
    for text in names.chain(rows.rows.iter_mut().flatten().flatten()) {
        if text.is_ascii() {
            continue;
        }
        if !charset.starts_with("utf8") {
            return Err(SqlError::not_modelled(format!("such text with SET NAMES {charset}")));
        }
        *text = latin::to_unicode(text);
    }
    Ok(())
}
