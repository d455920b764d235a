//! Commands as bash prints them back: for functions (`type`, `declare -f`) and for messages. Models
//! print_cmd.c.

use super::machine::Function;
use super::quote;
use super::script::{
    Arm, ArmEnd, Assign, AssignValue, AstId, Cond, CondId, Item, Kind, Node, Redirect,
    RedirectKind, Script, Span, Timed, Word,
};

pub(super) use super::source::source;

/// A printer at some indentation. Within a function every command has a line of its own.
struct Printer<'a> {
    script: &'a Script,
    out: Vec<u8>,
    indent: usize,
    in_function: bool,
    /// Newlines stay between the commands of `$(…)`.
    in_substitution: bool,
    /// Here-documents that follow the line.
    documents: Vec<Vec<u8>>,
    /// Within how many commands that a sign joins to the next one: the documents wait for it.
    joined: u32,
    /// A document has just been printed: no `;` follows.
    after_document: bool,
}

/// A command on one line, as far as it has one.
pub(super) fn command(script: &Script, at: AstId) -> Vec<u8> {
    let mut printer = Printer::new(script);
    printer.node(at);
    printer.out
}

/// What is about to begin, as BASH_COMMAND has it: of a loop or a `case` only the head, of an
/// arithmetic `for` the expression of this number.
pub(super) fn head(script: &Script, at: AstId, part: u32) -> Vec<u8> {
    match &script.node(at).kind {
        Kind::For { select, name, words, .. } => {
            let word: &[u8] = if *select { b"select " } else { b"for " };
            let mut line = [word, name.as_slice(), b" in"].concat();
            match words {
                Some(words) => {
                    for word in words {
                        line.push(b' ');
                        line.extend_from_slice(&source(script, word.span));
                    }
                }
                None => line.extend_from_slice(b" \"$@\""),
            }
            line
        }
        Kind::Case { word, .. } => {
            [b"case ", source(script, word.span).as_slice(), b" in "].concat()
        }
        Kind::ArithFor { parts, .. } => {
            let part = parts.get(part as usize).and_then(Option::as_ref);
            let text = part.map_or(b"1".to_vec(), |word| source(script, word.span));
            [b"((", text.as_slice(), b"))"].concat()
        }
        _ => command(script, at),
    }
}

/// An assignment; an array's elements with single spaces between.
fn assignment(script: &Script, assign: &Assign) -> Vec<u8> {
    let AssignValue::Array(items, inside) = &assign.value else {
        return source(script, assign.span);
    };
    let head = Span { start: assign.span.start, end: inside.start };
    [script.slice(head), &elements(script, items), b")"].concat()
}

/// An array's elements, as bash keeps them.
pub(super) fn elements(script: &Script, items: &[Item]) -> Vec<u8> {
    let shown = items.iter().map(|item| match &item.index {
        Some(index) => {
            let value = source(script, item.word.span);
            let sign: &[u8] = if item.append { b"]+=" } else { b"]=" };
            [b"[".as_slice(), &source(script, index.span), sign, &value].concat()
        }
        None => source(script, item.word.span),
    });
    shown.collect::<Vec<_>>().join(&b' ')
}

/// The command of a `$(…)`.
pub(super) fn substituted(script: &Script, body: AstId) -> Vec<u8> {
    let mut printer = Printer::new(script);
    printer.in_substitution = true;
    printer.node(body);
    printer.out
}

/// A function as `declare -f` prints it.
pub(super) fn function(name: &[u8], function: &Function) -> Vec<u8> {
    let mut printer = Printer::new(&function.script);
    printer.in_function = true;
    printer.definition(name, function.body);
    printer.out.push(b'\n');
    printer.out
}

/// A function as the environment carries it.
pub(super) fn exported(function: &Function) -> Vec<u8> {
    let mut printer = Printer::new(&function.script);
    printer.in_function = true;
    printer.definition(b"", function.body);
    let text = printer.out;
    let mut all = b"() { ".to_vec();
    // Here it indents by one, and the first line stays on the brace's.
    for (number, line) in text.split(|byte| *byte == b'\n').skip(2).enumerate() {
        let spaces = line.iter().take_while(|byte| **byte == b' ').count();
        all.extend(std::iter::repeat_n(b'\n', usize::from(number > 0)));
        all.extend(std::iter::repeat_n(b' ', spaces / 4));
        all.extend_from_slice(&line[spaces..]);
    }
    all
}

impl<'a> Printer<'a> {
    fn new(script: &'a Script) -> Printer<'a> {
        Printer {
            script,
            out: Vec::new(),
            indent: 0,
            in_function: false,
            in_substitution: false,
            documents: Vec::new(),
            joined: 0,
            after_document: false,
        }
    }

    fn put(&mut self, text: &[u8]) {
        self.out.extend_from_slice(text);
    }

    fn newline(&mut self) {
        self.put(b"\n");
        let indent = self.indent;
        self.out.extend(std::iter::repeat_n(b' ', indent));
    }

    /// The here-documents of the line, behind the sign that joins the next command.
    fn print_documents(&mut self, sign: &[u8]) {
        self.put(sign);
        if self.documents.is_empty() {
            return;
        }
        self.put(b"\n");
        for document in std::mem::take(&mut self.documents) {
            self.put(&document);
        }
        if !sign.is_empty() {
            self.put(b" ");
        }
        self.after_document = true;
    }

    /// A command that a sign joins to the next one.
    fn joined(&mut self, at: AstId) {
        self.joined += 1;
        self.node(at);
        self.joined -= 1;
    }

    /// The `;` before a closing word; none behind a document or a `&`.
    fn semicolon(&mut self) {
        if !matches!(self.out.last(), Some(b'&' | b'\n')) {
            self.put(b";");
        }
    }

    fn definition(&mut self, name: &[u8], body: AstId) {
        self.put(name);
        self.put(b" () ");
        self.newline();
        let group = matches!(self.script.node(body).kind, Kind::Group(_));
        if group {
            self.node(body);
            return;
        }
        self.put(b"{ ");
        self.indent += 4;
        self.newline();
        self.node(body);
        self.indent -= 4;
        self.newline();
        self.put(b"}");
    }

    fn node(&mut self, at: AstId) {
        let script = self.script;
        let node = script.node(at);
        self.kind(node);
        if !matches!(node.kind, Kind::Simple { .. }) {
            self.redirects(&node.redirects);
        }
    }

    fn body(&mut self, at: AstId) {
        self.indent += 4;
        self.newline();
        self.node(at);
        self.print_documents(b"");
        self.semicolon();
        self.indent -= 4;
        self.newline();
    }

    fn kind(&mut self, node: &Node) {
        match &node.kind {
            Kind::Simple { assigns, words } => self.simple(assigns, words, &node.redirects),
            Kind::Pipeline { negated, timed, elements } => {
                match timed {
                    Some(Timed::Plain) => self.put(b"time "),
                    Some(Timed::Posix) => self.put(b"time -p "),
                    None => {}
                }
                if *negated {
                    self.put(b"! ");
                }
                for (number, element) in elements.iter().enumerate() {
                    if number + 1 < elements.len() {
                        self.joined(*element);
                        self.print_documents(b" |");
                        self.put(b" ");
                    } else {
                        self.node(*element);
                    }
                }
            }
            Kind::AndOr { first, rest } => {
                self.joined += 1;
                self.node(*first);
                for (number, (and, id)) in rest.iter().enumerate() {
                    self.print_documents(if *and { b" && " } else { b" || " });
                    self.joined -= u32::from(number + 1 == rest.len());
                    self.node(*id);
                }
            }
            Kind::List(items) => self.list(items),
            Kind::Group(body) => self.group(*body),
            Kind::Subshell(body) => {
                self.put(b"( ");
                self.node(*body);
                self.print_documents(b"");
                self.put(b" )");
            }
            Kind::Function { name, body } => {
                self.put(b"function ");
                self.definition(name, *body);
                self.after_document = false;
            }
            Kind::Arith(word) => {
                self.put(b"((");
                self.put(&source(self.script, word.span));
                self.put(b"))");
            }
            Kind::Cond(root, nodes) => {
                self.put(b"[[ ");
                self.cond(*root, nodes);
                self.put(b" ]]");
            }
            Kind::Unsupported(_) => self.put(self.script.slice(node.span)),
            _ => self.compound(&node.kind),
        }
    }

    fn group(&mut self, body: AstId) {
        self.put(b"{ ");
        if self.in_function {
            self.indent += 4;
            self.newline();
            self.node(body);
            self.print_documents(b"");
            self.indent -= 4;
            self.newline();
            self.put(b"}");
        } else {
            self.node(body);
            self.print_documents(b"");
            self.semicolon();
            self.put(b" }");
        }
    }

    fn compound(&mut self, kind: &Kind) {
        match kind {
            Kind::If { clauses, otherwise } => self.if_clause(clauses, *otherwise),
            Kind::While { until, condition, body } => {
                self.put(if *until { b"until " } else { b"while " });
                self.node(*condition);
                self.put(b"; do");
                self.body(*body);
                self.put(b"done");
            }
            Kind::For { select, name, words, body, .. } => {
                self.put(if *select { b"select " } else { b"for " });
                self.put(name);
                self.put(b" in ");
                match words {
                    Some(words) => self.words(words),
                    None => self.put(b"\"$@\""),
                }
                self.put(b";");
                self.newline();
                self.put(b"do");
                self.body(*body);
                self.put(b"done");
            }
            Kind::ArithFor { parts, body } => {
                self.put(b"for ((");
                for (number, part) in parts.iter().enumerate() {
                    if number > 0 {
                        self.put(b"; ");
                    }
                    match part {
                        Some(word) => self.put(self.script.slice(word.span).trim_ascii()),
                        None => self.put(b"1"),
                    }
                }
                self.put(b"))");
                self.newline();
                self.put(b"do");
                self.body(*body);
                self.put(b"done");
            }
            Kind::Case { word, arms } => self.case(word, arms),
            _ => {}
        }
    }

    fn if_clause(&mut self, clauses: &[(AstId, AstId)], otherwise: Option<AstId>) {
        for (number, (condition, body)) in clauses.iter().enumerate() {
            if number > 0 {
                // Bash prints `elif` as an `if` within `else`.
                self.put(b"else");
                self.indent += 4;
                self.newline();
            }
            self.put(b"if ");
            self.node(*condition);
            self.put(b"; then");
            self.body(*body);
        }
        if let Some(body) = otherwise {
            self.put(b"else");
            self.body(body);
        }
        for number in (0..clauses.len()).rev() {
            self.put(b"fi");
            if number > 0 {
                self.put(b";");
                self.indent -= 4;
                self.newline();
            }
        }
    }

    fn case(&mut self, word: &Word, arms: &[Arm]) {
        self.put(b"case ");
        self.put(&source(self.script, word.span));
        self.put(b" in ");
        self.indent += 4;
        for arm in arms {
            self.newline();
            for (number, pattern) in arm.patterns.iter().enumerate() {
                if number > 0 {
                    self.put(b" | ");
                }
                self.put(&source(self.script, pattern.span));
            }
            self.put(b")");
            self.indent += 4;
            match arm.body {
                Some(body) => {
                    self.newline();
                    self.node(body);
                    self.print_documents(b"");
                }
                None => self.put(b"\n"),
            }
            self.indent -= 4;
            self.newline();
            self.put(match arm.end {
                ArmEnd::Break => b";;".as_slice(),
                ArmEnd::FallThrough => b";&",
                ArmEnd::GoOn => b";;&",
            });
        }
        self.indent -= 4;
        self.newline();
        self.put(b"esac");
    }

    fn list(&mut self, items: &[(AstId, bool)]) {
        for (number, (item, background)) in items.iter().enumerate() {
            let last = number + 1 == items.len();
            if last && !background {
                self.node(*item);
                return;
            }
            self.joined(*item);
            if number > 0 && !background {
                self.print_documents(b"");
            }
            if *background {
                self.print_documents(b" &");
                self.put(if last { b"" } else { b" " });
                continue;
            }
            let ends_line = self.in_substitution && self.ends_line(*item);
            let (waiting, printed) = (!self.documents.is_empty(), self.after_document);
            if waiting {
                self.print_documents(b"");
            } else if !std::mem::take(&mut self.after_document) {
                self.put(if ends_line { b"\n" } else { b";" });
            }
            if self.in_function {
                self.newline();
            } else if !ends_line {
                self.put(b" ");
            } else if waiting || printed {
                self.put(b"\n");
            }
        }
    }

    /// Whether a newline ends this command of a list.
    fn ends_line(&self, item: AstId) -> bool {
        let end = self.script.node(item).span.end as usize;
        let rest = self.script.text.get(end..).unwrap_or_default();
        let next = rest.iter().find(|byte| !matches!(byte, b' ' | b'\t'));
        matches!(next, Some(b'\n' | b'#'))
    }

    fn words(&mut self, words: &[Word]) {
        for (number, word) in words.iter().enumerate() {
            if number > 0 {
                self.put(b" ");
            }
            self.put(&source(self.script, word.span));
        }
    }

    fn simple(&mut self, assigns: &[Assign], words: &[Word], redirects: &[Redirect]) {
        let script = self.script;
        let shown = assigns.iter().map(|assign| assignment(script, assign));
        let words = words.iter().map(|word| match &word.assign {
            Some(assign) => assignment(script, assign),
            None => source(script, word.span),
        });
        let all: Vec<Vec<u8>> = shown.chain(words).collect();
        self.put(&all.join(&b' '));
        let before = self.out.len();
        self.redirects(redirects);
        if all.is_empty() && before < self.out.len() {
            self.out.remove(before);
        }
    }

    fn redirects(&mut self, redirects: &[Redirect]) {
        self.after_document &= redirects.is_empty();
        for redirect in redirects {
            self.put(b" ");
            self.redirect(redirect);
        }
        if self.joined == 0 {
            self.print_documents(b"");
        }
    }

    fn redirect(&mut self, redirect: &Redirect) {
        let script = self.script;
        if let Some(name) = &redirect.name {
            self.put(&[b"{", name.as_slice(), b"}"].concat());
        }
        let named = redirect.name.is_some();
        let fd = |default: u32| match redirect.fd {
            Some(fd) if fd != default => fd.to_string(),
            _ => String::new(),
        };
        let (sign, word) = match &redirect.kind {
            RedirectKind::Read(word) => (format!("{}< ", fd(0)), word),
            RedirectKind::Write { word, clobber: false } => (format!("{}> ", fd(1)), word),
            RedirectKind::Write { word, .. } => (format!("{}>| ", fd(1)), word),
            RedirectKind::Append(word) => (format!("{}>> ", fd(1)), word),
            RedirectKind::ReadWrite(word) => (format!("{}<> ", redirect.fd.unwrap_or(0)), word),
            RedirectKind::Both { word, append: false } => ("&> ".to_string(), word),
            RedirectKind::Both { word, .. } => ("&>> ".to_string(), word),
            RedirectKind::HereString(word) => (format!("{}<<< ", fd(0)), word),
            RedirectKind::Dup { word, output } => {
                let is_number = word.plain().is_some_and(|w| w.iter().all(u8::is_ascii_digit));
                let closes = word.plain() == Some(b"-");
                let fd = redirect.fd.unwrap_or(u32::from(*output));
                let fd = match redirect.fd {
                    None if named || !is_number && !closes => String::new(),
                    _ => fd.to_string(),
                };
                (format!("{fd}{}&", if *output || closes { '>' } else { '<' }), word)
            }
            RedirectKind::HereDoc { expand, tag, lines, .. } => {
                let strips = script.slice(redirect.span).windows(3).any(|three| three == b"<<-");
                let head = if strips { "<<-" } else { "<<" };
                self.put(format!("{}{head}", fd(0)).as_bytes());
                self.put(&if *expand { tag.clone() } else { quote::single(tag) });
                let document = [lines.as_slice(), tag, b"\n"].concat();
                self.documents.push(document);
                return;
            }
        };
        self.put(sign.as_bytes());
        // The one that `|&` stands for is written nowhere.
        let unwritten = word.span.start == word.span.end;
        self.put(&match word.plain().filter(|_| unwritten) {
            Some(text) => text.to_vec(),
            None => source(script, word.span),
        });
    }

    fn cond(&mut self, id: CondId, nodes: &[Cond]) {
        let script = self.script;
        match &nodes[id.0 as usize] {
            Cond::Not(inner) => {
                self.put(b"! ");
                self.cond(*inner, nodes);
            }
            Cond::And(left, right) | Cond::Or(left, right) => {
                self.cond(*left, nodes);
                let and = matches!(nodes[id.0 as usize], Cond::And(..));
                self.put(if and { b" && " } else { b" || " });
                self.cond(*right, nodes);
            }
            Cond::Nest(inner) => {
                self.put(b"( ");
                self.cond(*inner, nodes);
                self.put(b" )");
            }
            Cond::Unary { op, word } => {
                self.put(op);
                self.put(b" ");
                self.put(&source(script, word.span));
            }
            Cond::Binary { op, left, right } => {
                self.put(&source(script, left.span));
                self.put(b" ");
                self.put(op);
                self.put(b" ");
                self.put(&source(script, right.span));
            }
        }
    }
}
