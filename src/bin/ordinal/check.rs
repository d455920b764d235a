//! `ordinal check`.

use std::process::ExitCode;

use ordinal::manifest::{Diagnostic, Loaded, Manifests, Problem, Severity};
use ordinal::span::{FileId, Span};
use ordinal::text::{self, Lang};

use crate::input;

/// Options of `ordinal check`.
#[derive(clap::Args)]
pub struct Args {
    /// YAML files; `-` is the standard input.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<String>,
    /// Say it in this language.
    #[arg(long, value_enum, default_value = "en")]
    lang: super::LangArg,
}

/// Does it.
pub fn main(args: &Args) -> ExitCode {
    let mut files = Vec::new();
    for name in &args.files {
        match input::read(name) {
            Ok(text) => files.push((if name == "-" { "STDIN".into() } else { name.clone() }, text)),
            Err(error) => {
                eprintln!("ordinal check: {name}: {error}");
                return ExitCode::FAILURE;
            }
        }
    }
    let (manifests, diagnostics) = Manifests::read(files);
    print!("{}", report(args.lang.into(), &manifests, &diagnostics));
    let refused = diagnostics.iter().any(|one| one.severity == Severity::Error);
    if refused { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// One line for each object, below it what is to be said about it; first what belongs to none.
fn report(lang: Lang, manifests: &Manifests, diagnostics: &[Diagnostic]) -> String {
    let mut rest: Vec<&Diagnostic> = diagnostics.iter().collect();
    let mut objects = String::new();
    for one in manifests.loaded() {
        let (own, others) = rest.into_iter().partition(|said| holds(one, said.span));
        rest = others;
        objects.push_str(&about(lang, manifests, one, own));
    }
    let loose: String = rest.iter().map(|one| said(lang, manifests, one, "")).collect();
    loose + &objects
}

fn holds(one: &Loaded, span: Span) -> bool {
    let whole = one.root.span;
    whole.file == span.file && whole.start <= span.start && span.start <= whole.end
}

fn about(lang: Lang, manifests: &Manifests, one: &Loaded, own: Vec<&Diagnostic>) -> String {
    let refused = own.iter().any(|said| {
        said.problem.is_refusal() || matches!(said.problem, Problem::MissingNamespace(_))
    });
    let stopped = own.iter().any(|said| said.severity == Severity::Error);
    let verdict = match (lang, refused, stopped) {
        (Lang::En, true, _) => "would be refused",
        (Lang::En, false, true) => "would be created, but the model cannot run it",
        (Lang::En, false, false) => "would be created",
        (Lang::Zh, true, _) => "会被拒绝",
        (Lang::Zh, false, true) => "会被创建，但模型无法运行",
        (Lang::Zh, false, false) => "会被创建",
    };
    let place = manifests.files().show(one.root.span);
    let mut lines = format!("{place}: {}/{} {verdict}\n", one.kind(), one.name());
    for diagnostic in own {
        lines.push_str(&said(lang, manifests, diagnostic, "  "));
    }
    lines
}

fn said(lang: Lang, manifests: &Manifests, one: &Diagnostic, indent: &str) -> String {
    let line = text::diagnostic::line(lang, manifests.files(), one);
    let mut lines = format!("{indent}{line}\n");
    let FileId(file) = one.span.file;
    let known = manifests.files().iter().nth(file as usize);
    if let Some((_, file)) = known {
        let kubectl = one.problem.kubectl(file.name(), file.line_of(one.span.start));
        for line in kubectl.iter().flat_map(|said| said.lines()) {
            lines.push_str(&format!("{indent}  kubectl: {line}\n"));
        }
    }
    lines
}
