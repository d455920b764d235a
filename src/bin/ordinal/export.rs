//! `ordinal export`.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use ordinal::manifest::Manifests;
use ordinal::manifest::export::{self, CommentLang, ExportOptions, ExportedFile};
use ordinal::text::{self, Lang};

/// Options of `ordinal export`.
#[derive(clap::Args)]
pub struct Args {
    /// How many pods.
    #[arg(long, value_name = "N")]
    replicas: Option<u32>,
    /// The namespace of every object; one that is new is added.
    #[arg(long, value_name = "NS")]
    namespace: Option<String>,
    /// The size of each pod's claim.
    #[arg(long, value_name = "SIZE")]
    storage: Option<String>,
    /// The storage class of each pod's claim.
    #[arg(long, value_name = "NAME")]
    storage_class: Option<String>,
    /// The image that runs MySQL.
    #[arg(long, value_name = "I")]
    mysql_image: Option<String>,
    /// The image that runs XtraBackup.
    #[arg(long, value_name = "I")]
    xtrabackup_image: Option<String>,
    /// Keep the comments in this language only.
    #[arg(long, value_enum)]
    lang: Option<super::LangArg>,
    /// One file, an archive, or files with a kustomization.
    #[arg(long, value_enum, default_value = "yaml")]
    format: Format,
    /// Where to write: a file, or a folder for several. Without it, the standard output.
    #[arg(short, value_name = "PATH")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Yaml,
    Zip,
    Kustomize,
}

/// Does it.
pub fn main(args: &Args) -> ExitCode {
    match run(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("ordinal export: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &Args) -> Result<(), String> {
    let lang: Lang = args.lang.map_or(Lang::En, Into::into);
    let options = ExportOptions {
        replicas: args.replicas,
        namespace: args.namespace.clone(),
        storage: args.storage.clone(),
        storage_class: args.storage_class.clone(),
        mysql_image: args.mysql_image.clone(),
        xtrabackup_image: args.xtrabackup_image.clone(),
        lang: args.lang.map(|lang| match lang {
            super::LangArg::En => CommentLang::En,
            super::LangArg::Zh => CommentLang::Zh,
        }),
    };
    let (manifests, _) = Manifests::read(export::default_files());
    let files = export::export(&manifests, &options).map_err(|problems| {
        let words = problems.iter().map(|one| text::export::problem(lang, one).plain());
        words.collect::<Vec<String>>().join("\n")
    })?;
    write(args, &files)
}

fn write(args: &Args, files: &[ExportedFile]) -> Result<(), String> {
    let output = args.output.as_deref();
    match (args.format, output) {
        (Format::Yaml, None) => print(export::one_yaml(files).text.as_bytes()),
        (Format::Yaml, Some(path)) if is_folder(path) => write_all(path, files),
        (Format::Yaml, Some(path)) => save(path, export::one_yaml(files).text.as_bytes()),
        (Format::Zip, None) => print_archive(&export::zip(files)),
        (Format::Zip, Some(path)) => save(path, &export::zip(files)),
        (Format::Kustomize, None) => {
            Err("a kustomization is several files; name a folder with -o".into())
        }
        (Format::Kustomize, Some(path)) if path.extension().is_some_and(|ext| ext == "zip") => {
            save(path, &export::zip(&export::kustomize(files)))
        }
        (Format::Kustomize, Some(path)) => write_all(path, &export::kustomize(files)),
    }
}

fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.to_string_lossy().ends_with('/')
}

fn write_all(folder: &Path, files: &[ExportedFile]) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    files.iter().try_for_each(|file| save(&folder.join(&file.name), file.text.as_bytes()))
}

fn save(path: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(path, bytes).map_err(|error| format!("{}: {error}", path.display()))
}

fn print_archive(bytes: &[u8]) -> Result<(), String> {
    if std::io::stdout().is_terminal() {
        return Err("an archive is not for reading; name a file with -o".into());
    }
    print(bytes)
}

fn print(bytes: &[u8]) -> Result<(), String> {
    let written = std::io::stdout().lock().write_all(bytes);
    // A reader who has seen enough, such as `head`, is no error.
    match written {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}
