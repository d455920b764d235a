//! Where a person is: options of the run, what was done in it, and a step. As text it stands in the
//! address, is stored on the device, and is what the crash screen offers.

use ordinal::base::base64::{base64, unbase64};
use ordinal::text::Lang;

use super::browser;
use super::session::Options;

/// Where the place is stored.
pub const SESSION: &str = "ordinal.session";
/// Where the session file is stored of a run in which something was done.
pub const SCRIPT: &str = "ordinal.script";
/// Where the one before is stored when another is opened in its place.
pub const SCRIPT_BEFORE: &str = "ordinal.script.before";
const LANG: &str = "ordinal.lang";
const THEME: &str = "ordinal.theme";
const PROJECTOR: &str = "ordinal.projector";

/// The longest session that a link holds, in characters of the link.
const LINK_MAX: usize = 2048;

/// Stands in the address for a session that is too long for it, but kept on the device.
const KEPT: &str = "kept";

/// A place in a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// What decides the run.
    pub options: Options,
    /// How many steps have happened.
    pub step: u32,
    /// The session file, where anything was done.
    pub script: Option<Script>,
}

/// What was done.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Script {
    /// This.
    Text(String),
    /// What is kept on the device: it is too long for a link.
    Kept,
}

impl Place {
    /// As text for the address: `replicas=5&step=412`. What is as by default is left out.
    pub fn text(&self) -> String {
        let default = Options::default();
        let Options { replicas, namespace, storage, class, seed, own: _ } = &self.options;
        let session = match &self.script {
            None => String::new(),
            Some(Script::Text(script)) if link(script).len() <= LINK_MAX => link(script),
            Some(_) => KEPT.to_owned(),
        };
        // A session says the options itself.
        let says_all = !session.is_empty() && session != KEPT;
        let options = [
            ("replicas", replicas.to_string(), default.replicas.to_string()),
            ("namespace", namespace.clone(), default.namespace),
            ("storage", storage.clone(), default.storage),
            ("class", class.clone(), default.class),
            ("seed", seed.to_string(), default.seed.to_string()),
        ];
        let changed = options.iter().filter(|(_, value, usual)| !says_all && value != usual);
        let mut parts: Vec<String> =
            changed.map(|(name, value, _)| format!("{name}={value}")).collect();
        parts.push(format!("step={}", self.step));
        if !session.is_empty() {
            parts.push(format!("session={session}"));
        }
        parts.join("&")
    }

    /// Reads what [`Place::text`] wrote; what cannot be read is left as by default.
    pub fn parse(text: &str) -> Place {
        let mut place = Place::default();
        for (name, value) in text.split('&').filter_map(|part| part.split_once('=')) {
            let Options { replicas, namespace, storage, class, seed, own: _ } = &mut place.options;
            match name {
                "replicas" => *replicas = value.parse().unwrap_or(*replicas).clamp(1, 9),
                "namespace" if is_plain(value) => *namespace = value.to_owned(),
                "storage" if is_plain(value) => *storage = value.to_owned(),
                "class" if is_plain(value) => *class = value.to_owned(),
                "seed" => *seed = value.parse().unwrap_or(*seed),
                "session" if value == KEPT => place.script = Some(Script::Kept),
                "session" => place.script = Some(Script::Text(unlink(value))),
                "step" => place.step = value.parse().unwrap_or(0),
                _ => {}
            }
        }
        place
    }

    /// Where to begin: the address says, or what was stored, or the start.
    pub fn first() -> Place {
        let mut place = match browser::hash() {
            hash if hash.contains('=') => Place::parse(&hash),
            _ => Place::parse(&browser::stored(SESSION).unwrap_or_default()),
        };
        if place.script == Some(Script::Kept)
            && let Some(kept) = kept()
        {
            place.script = Some(Script::Text(kept));
        }
        place
    }

    /// Sets aside what is kept on the device, where this place leads somewhere else.
    pub fn set_others_aside(&self) {
        let Some(kept) = kept() else { return };
        if !matches!(&self.script, Some(Script::Text(text)) if *text == kept) {
            set_aside(&kept);
            browser::store(SCRIPT, "");
        }
    }

    /// Keeps the place: on the device and in the address. The script is kept by itself: it is
    /// longer, and changes less often.
    pub fn keep(&self) {
        let text = self.text();
        browser::store(SESSION, &text);
        browser::set_hash(&text);
    }
}

fn kept() -> Option<String> {
    browser::stored(SCRIPT).filter(|text| !text.is_empty())
}

/// Keeps a session in whose place another begins, for as long as no later one is.
pub fn set_aside(script: &str) {
    if does_anything(script) {
        browser::store(SCRIPT_BEFORE, script);
    }
}

/// Whether a session file says more than the usual run with its options.
pub fn does_anything(text: &str) -> bool {
    text.lines().any(|line| line != "lesson" && !line.starts_with("set "))
}

/// A session file as a part of an address: base64url of RFC 4648.
fn link(script: &str) -> String {
    base64(script.as_bytes()).trim_end_matches('=').replace('+', "-").replace('/', "_")
}

/// Reads what [`link`] wrote. What is no text at all becomes a session that cannot be read, so that
/// a person is told.
fn unlink(text: &str) -> String {
    let mut standard = text.replace('-', "+").replace('_', "/");
    while !standard.len().is_multiple_of(4) {
        standard.push('=');
    }
    let bytes = unbase64(&standard).unwrap_or_else(|| text.as_bytes().to_vec());
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Kubernetes names and quantities need no other characters.
fn is_plain(value: &str) -> bool {
    value.len() <= 253 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b))
}

/// The language: as chosen, or as the browser asks.
pub fn lang() -> Lang {
    let chosen = browser::stored(LANG).unwrap_or_else(browser::language);
    if chosen.starts_with("zh") { Lang::Zh } else { Lang::En }
}

/// Keeps the chosen language.
pub fn keep_lang(lang: Lang) {
    browser::store(LANG, if lang == Lang::Zh { "zh" } else { "en" });
}

/// Whether the page is shown to a class.
pub fn projector() -> bool {
    browser::stored(PROJECTOR).as_deref() == Some("on")
}

/// Keeps whether the page is shown to a class.
pub fn keep_projector(on: bool) {
    browser::store(PROJECTOR, if on { "on" } else { "off" });
}

/// Light or dark.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// As chosen, or as the system has it.
    pub fn first() -> Theme {
        match browser::stored(THEME).as_deref() {
            Some("dark") => Theme::Dark,
            Some("light") => Theme::Light,
            _ if browser::media("(prefers-color-scheme: dark)") => Theme::Dark,
            _ => Theme::Light,
        }
    }

    /// The other one.
    pub fn other(self) -> Theme {
        match self {
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::Light,
        }
    }

    /// Its name in storage and in the style sheets.
    pub fn name(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// Keeps it.
    pub fn keep(self) {
        browser::store(THEME, self.name());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_the_address() {
        let mut place = Place::default();
        assert_eq!(place.text(), "step=0");
        place.step = 412;
        place.options.replicas = 5;
        place.options.namespace = "lesson".to_owned();
        assert_eq!(place.text(), "replicas=5&namespace=lesson&step=412");
        assert_eq!(Place::parse(&place.text()), place);
    }

    #[test]
    fn a_session_survives_the_address_if_it_is_short() {
        let script = "lesson\nwait step 210\n$ kubectl get pods -o 'name' # 副本?>\n";
        let mut place = Place { step: 211, ..Place::default() };
        place.script = Some(Script::Text(script.to_owned()));
        assert_eq!(Place::parse(&place.text()), place);
        let plain = |c: char| c.is_ascii_alphanumeric() || "-_=&".contains(c);
        assert!(place.text().chars().all(plain), "{}", place.text());

        place.options.replicas = 5;
        place.script = Some(Script::Text("$ kubectl get pods\n".repeat(200)));
        assert_eq!(place.text(), "replicas=5&step=211&session=kept");
        assert_eq!(Place::parse(&place.text()).script, Some(Script::Kept));
    }

    #[test]
    fn a_session_that_was_cut_is_not_passed_over() {
        for cut in ["bGVzc2", "%%%", "_w"] {
            let place = Place::parse(&format!("step=1&session={cut}"));
            let Some(Script::Text(text)) = place.script else { panic!("{cut} was passed over") };
            assert!(ordinal::player::parse(&text).is_err(), "{cut}: {text}");
        }
    }

    #[test]
    fn nonsense_is_left_out() {
        assert_eq!(Place::parse("replicas=many&namespace=<b>&step=-1&x"), Place::default());
        assert_eq!(Place::parse("replicas=4000").options.replicas, 9);
    }
}
