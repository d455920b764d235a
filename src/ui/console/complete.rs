//! What Tab makes of the line: kubectl's own offers, names of files, names of programs.

use ordinal::kube::{Cluster, kubectl};
use ordinal::tool::NAMES;

/// What Tab does.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Completion {
    /// The line as far as it is certain.
    pub line: String,
    /// What could follow, where several could.
    pub offers: Vec<String>,
}

/// Completes the last word of a line.
pub fn complete(line: &str, files: &[String], cluster: &Cluster) -> Completion {
    // The command that is being typed: after the last pipe or separator.
    let start = line.rfind(['|', ';', '&', '(']).map_or(0, |at| at + 1);
    let words: Vec<String> = line[start..].split_whitespace().map(str::to_owned).collect();
    let is_new = line.is_empty() || line.ends_with(char::is_whitespace);
    let mut words = words;
    if is_new || words.is_empty() {
        words.push(String::new());
    }
    let last = words.last().cloned().unwrap_or_default();
    let mut offers = match words.as_slice() {
        [_] => ["kubectl", "bash"].iter().chain(NAMES).map(|name| (*name).to_owned()).collect(),
        [program, rest @ ..] if program == "kubectl" => {
            let before = rest.len().checked_sub(2).map(|at| rest[at].as_str());
            match before {
                Some("-f" | "--filename") => files.to_vec(),
                _ => kubectl::complete(rest, cluster),
            }
        }
        _ => files.to_vec(),
    };
    offers.retain(|offer| offer.starts_with(&last));
    offers.sort();
    offers.dedup();
    let Some(common) = common(&offers) else {
        return Completion { line: line.to_owned(), offers };
    };
    let mut line = line[..line.len() - last.len()].to_owned() + common;
    if offers.len() == 1 {
        if !line.ends_with(['=', '/']) {
            line.push(' ');
        }
        offers.clear();
    }
    Completion { line, offers }
}

/// What all of them begin with.
fn common(offers: &[String]) -> Option<&str> {
    let (first, others) = offers.split_first()?;
    let mut end = first.len();
    for other in others {
        let same = first.bytes().zip(other.bytes()).take_while(|(one, two)| one == two).count();
        end = end.min(same);
    }
    while !first.is_char_boundary(end) {
        end -= 1;
    }
    Some(&first[..end])
}

#[cfg(test)]
mod tests {
    use ordinal::manifest::export::default_files;
    use ordinal::player::{Player, Progress, Session};

    use super::*;

    #[test]
    fn the_last_word_grows_as_far_as_it_is_certain() {
        let session = Session { files: default_files(), seed: 1, lesson: true };
        let mut player = Player::new(session);
        while player.extend(100) == Progress::Growing {}
        player.command(ordinal::player::PlayerCommand::ToEnd);
        let files = ["configmap.yaml", "services.yaml", "statefulset.yaml"].map(str::to_owned);
        let rows: [(&str, &str, &[&str]); 14] = [
            ("ku", "kubectl ", &[]),
            ("kubectl dele", "kubectl delete ", &[]),
            (
                "kubectl delete pod my",
                "kubectl delete pod mysql-",
                &["mysql-0", "mysql-1", "mysql-2"],
            ),
            ("kubectl delete pod mysql-2", "kubectl delete pod mysql-2 ", &[]),
            ("kubectl apply -f st", "kubectl apply -f statefulset.yaml ", &[]),
            ("kubectl apply -f s", "kubectl apply -f s", &["services.yaml", "statefulset.yaml"]),
            ("kubectl get sts/m", "kubectl get sts/mysql ", &[]),
            ("kubectl exec mysql-0 -c x", "kubectl exec mysql-0 -c xtrabackup ", &[]),
            ("kubectl rollout s", "kubectl rollout status ", &[]),
            ("cat conf", "cat configmap.yaml ", &[]),
            ("echo x | gre", "echo x | grep ", &[]),
            ("kubectl frobnicate", "kubectl frobnicate", &[]),
            ("kubectl wait pod/a --for=con", "kubectl wait pod/a --for=condition=", &[]),
            ("kubectl uncord", "kubectl uncordon ", &[]),
        ];
        for (line, want, offers) in rows {
            let found = complete(line, &files, player.world().kube());
            assert_eq!(
                (found.line.as_str(), found.offers.as_slice()),
                (want, &offers.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>()[..]),
                "{line}"
            );
        }
        player.command(ordinal::player::PlayerCommand::ToStart);
        let found = complete("kubectl delete pod my", &files, player.world().kube());
        assert_eq!(found.line, "kubectl delete pod my", "there are no pods at the start");
    }
}
