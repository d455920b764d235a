//! `cp`: tar on both sides, with `exec` between them. Models pkg/cmd/cp/cp.go.

use super::{Answer, DONE, Desk, Failure, Kubectl, Progress, State};

/// Local to remote: source, destination, then exec's words up to `--`.
const TO_POD: &str = r#"source=$1 to=$2; shift 2
if [[ ! -e $source ]]; then
  echo "error: $source doesn't exist in local filesystem" >&2
  exit 1
fi
name=$(basename -- "$source")
if kubectl exec "$@" -- test -d "$to" > /dev/null 2>&1; then to=${to%/}/$name; fi
made=$(mktemp -d)
cp -a -- "$source" "$made/$(basename -- "$to")"
tar cf - -C "$made" -- "$(basename -- "$to")" |
  kubectl exec -i "$@" -- \
    tar ${PLAIN:+--no-same-permissions --no-same-owner} -xmf - -C "$(dirname -- "$to")"
code=$?
rm -r -- "$made"
exit "$code"
"#;

/// Remote to local: source, destination, the namespace and the pod as they were written, then
/// exec's words. What tar says over there is printed here to standard output.
const FROM_POD: &str = r#"source=$1 to=$2 namespace=$3 pod=$4; shift 4
made=$(mktemp -d)
{
  kubectl exec "$@" -- tar cf - "$source" 2>&3 3>&- | tar xf - -C "$made" 2> /dev/null
  code=${PIPESTATUS[0]}
} 3>&1
end() { rm -r -- "$made"; exit "$1"; }
[[ $code = 0 ]] || end "$code"
from=$(realpath -m -s -- "$made/$source")
if [[ -d $from && ! -L $from ]]; then
  mkdir -p -- "$to"
  (cd "$from" && find . ! -name .) | while IFS= read -r one; do
    one=${one#./}
    if [[ -L $from/$one ]]; then
      hint=" (consider using \"kubectl exec -n \"$namespace\" \"$pod\" -- tar cf - \"$source\""
      hint+=' | tar xf -")'
      leads=$(readlink -- "$from/$one")
      echo "warning: skipping symlink: \"${to%/}/$one\" -> \"$leads\"${said-$hint}" >&2
      said=
    elif [[ -d $from/$one ]]; then
      mkdir -p -- "$to/$one"
    else
      cat "$from/$one" > "$to/$one"
    fi
  done
elif [[ -d $to ]]; then
  echo "error: open $to: is a directory" >&2
  end 1
else
  mkdir -p -- "$(dirname -- "$to")" && cat "$from" > "$to"
fi
end $?
"#;

/// Which pod, in which namespace, if any; and the path.
type Place<'a> = (Option<(Option<&'a str>, &'a str)>, &'a str);

impl Kubectl {
    pub(super) fn cp(&mut self, desk: &mut dyn Desk) -> Answer {
        let [source, to] = self.args.names.as_slice() else {
            return Err(Failure::new("error: source and destination are required"));
        };
        let (source, to) = (place(source)?, place(to)?);
        if source.0.is_some() && to.0.is_some() {
            let text = "error: one of src or dest must be a local file specification";
            return Err(Failure::new(text));
        }
        if source.1.is_empty() || to.1.is_empty() {
            return Err(Failure::new("error: filepath can not be empty"));
        }
        let Some((namespace, pod)) = source.0.or(to.0) else {
            let text = "error: one of src or dest must be a remote file specification";
            return Err(Failure::new(text));
        };
        if self.args.value("retries").is_some_and(|text| text != "0") {
            let text = "error: kubectl's flag --retries is not modelled here";
            return Err(Failure::new(text));
        }
        let mut words = vec![source.1.to_string(), to.1.to_string()];
        if source.0.is_some() {
            words.extend([namespace.unwrap_or_default().to_string(), pod.to_string()]);
        }
        let namespace = namespace.unwrap_or(self.args.namespace());
        words.extend(["-n", namespace, pod].map(str::to_string));
        if let Some(container) = self.args.value("container") {
            words.extend(["-c", container].map(str::to_string));
        }
        let script = match (source.0, self.args.has("no-preserve")) {
            (Some(_), _) => FROM_POD.to_string(),
            (None, false) => TO_POD.to_string(),
            (None, true) => format!("PLAIN=1\n{TO_POD}"),
        };
        let token = desk.local(&script, &words);
        self.local_on(desk, token)
    }

    /// A script that runs here in kubectl's place ends as kubectl would.
    pub(super) fn local_on(&mut self, desk: &mut dyn Desk, token: u32) -> Answer {
        match desk.exec_end(token) {
            None => {
                self.state = State::Local(token);
                Ok(Progress::Waiting)
            }
            Some(Ok(status)) => Ok(Progress::Done(status.code())),
            Some(Err(_)) => DONE,
        }
    }
}

/// Models `extractFileSpec`.
fn place(word: &str) -> Result<Place<'_>, Failure> {
    let Some((pod, path)) = word.split_once(':') else { return Ok((None, word)) };
    let parts: Vec<&str> = pod.split('/').collect();
    match parts.as_slice() {
        [pod] if !pod.is_empty() => Ok((Some((None, pod)), path)),
        [namespace, pod] if !word.starts_with(':') => Ok((Some((Some(namespace), pod)), path)),
        _ => Err(Failure::new(
            "error: filespec must match the canonical format: [[namespace/]pod:]file/path",
        )),
    }
}
