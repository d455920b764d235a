//! `getopts`.

use super::super::machine::{Machine, parse_number};
use super::super::parse::is_identifier;
use super::next_letters;

impl Machine {
    fn no_getopts(&mut self) -> u8 {
        if self.bash() {
            self.error_line(b"getopts: usage: getopts optstring name [arg ...]");
        } else {
            self.builtin_error("getopts", "Usage: getopts optstring var [arg...]");
        }
        2
    }

    /// `getopts optstring name [arg …]`. Models getopt.c.
    pub(super) fn getopts(&mut self, args: &[Vec<u8>]) -> u8 {
        let mut args = args;
        if let Some(letters) = next_letters(&mut args).filter(|_| self.bash()) {
            let usage = "getopts optstring name [arg ...]";
            return self.usage("getopts", &[b'-', letters[0]], usage);
        }
        let [options, name, rest @ ..] = args else {
            return self.no_getopts();
        };
        let words = if rest.is_empty() { self.args.clone() } else { rest.to_vec() };
        let silent = options.first() == Some(&b':');
        let quiet = silent || self.vars.text(b"OPTERR").is_some_and(|text| text == b"0");
        let index = self.vars.text(b"OPTIND").and_then(|text| parse_number(text)).unwrap_or(1);
        let mut index = usize::try_from(index).unwrap_or(1).max(1);
        if !self.bash() {
            // dash keeps its own count, which OPTIND only shows.
            index = self.getopts_place.0.max(1) as usize;
            if index > words.len() + 1 {
                self.getopts_place = (1, 0);
                index = 1;
            }
        }
        let at = self.getopts_place.1 as usize;
        if !self.bash() && at > 0 {
            index = (index - 1).max(1);
        }
        let word = words.get(index - 1).cloned();
        let ended = match &word {
            None => true,
            Some(word) => at == 0 && (word.first() != Some(&b'-') || word.len() < 2),
        };
        let stops = at == 0 && word.as_deref() == Some(b"--".as_slice());
        if ended || stops {
            index += usize::from(stops);
            let valid = self.finish_getopts(index, name, b"?", None, 0);
            return if valid == Ok(()) || self.bash() { 1 } else { 2 };
        }
        let word = word.unwrap_or_default();
        let at = at.max(1);
        let letter = word.get(at).copied().unwrap_or(b'?');
        let place = options.iter().position(|b| *b == letter).filter(|_| letter != b':');
        let wants = place.is_some_and(|place| options.get(place + 1) == Some(&b':'));
        let (argument, missing, next) = option_argument(&word, &words, &mut index, at, wants);
        let shown = [letter];
        let (answer, argument): (&[u8], Option<Vec<u8>>) = match (place, missing) {
            (Some(_), false) => (&shown, argument),
            (Some(_), true) if silent => (b":", Some(shown.to_vec())),
            (None, _) if silent => (b"?", Some(shown.to_vec())),
            _ => {
                self.vars.remove(b"OPTARG");
                (b"?", None)
            }
        };
        let argument = match argument {
            None if !self.bash() && place.is_some() && !missing => Some(Vec::new()),
            argument => argument,
        };
        if !quiet && (place.is_none() || missing) {
            self.complain_of_option(letter, missing);
        }
        let answer = answer.to_vec();
        if !self.bash() && next > 0 {
            index += 1; // dash counts the word it is in
        }
        match self.finish_getopts(index, name, &answer, argument, next as u32) {
            Ok(()) => 0,
            Err(status) => status,
        }
    }

    /// getopts met an option it does not know, or one without its argument.
    fn complain_of_option(&mut self, letter: u8, missing: bool) {
        let shown = [letter];
        let line = match (self.bash(), missing) {
            (true, true) => [&self.name, b": option requires an argument -- ".as_slice(), &shown],
            (true, false) => [&self.name, b": illegal option -- ".as_slice(), &shown],
            (false, true) => [b"No arg for -".as_slice(), &shown, b" option"],
            (false, false) => [b"Illegal option -".as_slice(), &shown, b""],
        };
        self.error_line(&line.concat());
    }

    /// Sets the variables; `Err`: the name is none, or read-only; the status.
    fn finish_getopts(
        &mut self,
        index: usize,
        name: &[u8],
        answer: &[u8],
        argument: Option<Vec<u8>>,
        at: u32,
    ) -> Result<(), u8> {
        self.assign(b"OPTIND", index.to_string().into_bytes());
        self.getopts_place = (index as u32, at);
        match argument {
            Some(text) => {
                self.assign(b"OPTARG", text);
            }
            None if self.bash() => self.vars.remove(b"OPTARG"),
            None => {}
        }
        if is_identifier(name) {
            if self.assign(name, answer.to_vec()) {
                return Ok(());
            }
            let why = if self.bash() { "readonly variable" } else { "is read only" };
            self.complain_of(name, why);
            return Err(2);
        }
        if self.bash() {
            let shown = [b"`", name, b"'"].concat();
            self.argument_error("getopts", &shown, "not a valid identifier");
            return Err(1);
        }
        self.argument_error("getopts", name, "bad variable name");
        Err(2)
    }
}

/// The argument of the option at `at` in its word, whether it is missing, and where the word goes
/// on (0: it has ended).
fn option_argument(
    word: &[u8],
    words: &[Vec<u8>],
    index: &mut usize,
    at: usize,
    wants: bool,
) -> (Option<Vec<u8>>, bool, usize) {
    let mut next = at + 1;
    let mut argument = None;
    let mut missing = false;
    if wants {
        if next < word.len() {
            argument = Some(word[next..].to_vec());
        } else if let Some(following) = words.get(*index) {
            argument = Some(following.clone());
            *index += 1;
        } else {
            missing = true;
        }
        next = word.len();
    }
    if next >= word.len() {
        *index += 1;
        next = 0;
    }
    (argument, missing, next)
}
