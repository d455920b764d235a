//! Where a person is: options of the run and a step in it. As text it stands in the address, is
//! stored on
//! the device, and is what the crash screen offers.

use ordinal::text::Lang;

use super::browser;
use super::session::Options;

/// Where the place is stored.
pub const SESSION: &str = "ordinal.session";
const LANG: &str = "ordinal.lang";
const THEME: &str = "ordinal.theme";

/// A place in a run.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Place {
    /// What decides the run.
    pub options: Options,
    /// How many steps have happened.
    pub step: u32,
}

impl Place {
    /// As text for the address: `replicas=5&step=412`. What is as by default is left out.
    pub fn text(&self) -> String {
        let default = Options::default();
        let Options { replicas, namespace, storage, class } = &self.options;
        let mut parts = Vec::new();
        if *replicas != default.replicas {
            parts.push(format!("replicas={replicas}"));
        }
        let texts = [
            ("namespace", namespace, &default.namespace),
            ("storage", storage, &default.storage),
            ("class", class, &default.class),
        ];
        for (name, value, usual) in texts {
            if value != usual {
                parts.push(format!("{name}={value}"));
            }
        }
        parts.push(format!("step={}", self.step));
        parts.join("&")
    }

    /// Reads what [`Place::text`] wrote; what cannot be read is left as by default.
    pub fn parse(text: &str) -> Place {
        let mut place = Place::default();
        for (name, value) in text.split('&').filter_map(|part| part.split_once('=')) {
            let Options { replicas, namespace, storage, class } = &mut place.options;
            match name {
                "replicas" => *replicas = value.parse().unwrap_or(*replicas).clamp(1, 9),
                "namespace" if is_plain(value) => *namespace = value.to_owned(),
                "storage" if is_plain(value) => *storage = value.to_owned(),
                "class" if is_plain(value) => *class = value.to_owned(),
                "step" => place.step = value.parse().unwrap_or(0),
                _ => {}
            }
        }
        place
    }

    /// Where to begin: the address says, or what was stored, or the start.
    pub fn first() -> Place {
        match browser::hash() {
            hash if hash.contains('=') => Place::parse(&hash),
            _ => Place::parse(&browser::stored(SESSION).unwrap_or_default()),
        }
    }

    /// Keeps the place: on the device and in the address.
    pub fn keep(&self) {
        let text = self.text();
        browser::store(SESSION, &text);
        browser::set_hash(&text);
    }
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
    fn nonsense_is_left_out() {
        assert_eq!(Place::parse("replicas=many&namespace=<b>&step=-1&x"), Place::default());
        assert_eq!(Place::parse("replicas=4000").options.replicas, 9);
    }
}
