//! What a cluster consists of before anybody has applied anything.

use crate::base::{ImageName, Millis, NodeName};

/// The constant input of a cluster.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Options {
    /// Its nodes.
    pub nodes: Vec<NodeOption>,
    /// Which images there are, and how registries answer for others.
    pub images: Vec<ImageOption>,
    /// How a registry answers for an image that no entry of `images` matches.
    pub other_images: RegistryAnswer,
    /// The driver behind the default StorageClass `standard`.
    pub provisioner: String,
    /// Decides jitter, uids and generated names.
    pub seed: u64,
    /// The feature gate MaxUnavailableStatefulSet, which 1.36 has switched off.
    pub max_unavailable: bool,
}

/// A node.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct NodeOption {
    /// Its name.
    pub name: NodeName,
    /// Its address.
    pub ip: String,
    /// Thousandths of processors.
    pub cpu_millis: i64,
    /// Bytes of memory.
    pub memory_bytes: i64,
    /// How many pods it takes.
    pub pods: i64,
}

/// An image in a registry.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct ImageOption {
    /// Repository without a tag; `docker.io/library/` may be left out.
    pub repository: String,
    /// Its tags; empty: every tag.
    pub tags: Vec<String>,
    /// Compressed bytes, which are downloaded and printed in Events.
    pub size_bytes: u64,
    /// How long a download takes.
    pub pull: Millis,
    /// What the registry says.
    pub answer: RegistryAnswer,
}

/// How a registry answers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum RegistryAnswer {
    /// The image is there.
    Found,
    /// There is no such tag.
    NotFound,
    /// There is no such repository, or it is private.
    Denied,
    /// It does not answer at all.
    Unreachable,
    /// The image has a format that containerd 2 does not pull any more (Docker schema 1).
    Schema1,
}

/// Whose images of a name have other content, with other variables and directories.
const OTHERS_OWN: [&str; 6] =
    ["bitnami", "bitnamilegacy", "bitnamisecure", "circleci", "cimg", "sclorg"];

/// Tags of `mysql` that are no numbers.
const MYSQL_WORDS: [&str; 3] = ["latest", "lts", "innovation"];

/// Lines of `mysql`, and the last patch of each that was published by the end of 2025.
const MYSQL_LINES: [(&str, u32); 14] = [
    ("5.5", 62),
    ("5.6", 51),
    ("5.7", 44),
    ("8.0", 44),
    ("8.1", 0),
    ("8.2", 0),
    ("8.3", 0),
    ("8.4", 7),
    ("9.0", 1),
    ("9.1", 0),
    ("9.2", 0),
    ("9.3", 0),
    ("9.4", 0),
    ("9.5", 0),
];

/// Whether Docker Hub has had `mysql` with this tag: `8.0`, `5.7.36`, `5.7-debian`, `8`, a digest.
fn is_mysql_tag(tag: &str) -> bool {
    const SYSTEMS: [&str; 8] =
        ["", "debian", "buster", "bullseye", "bookworm", "oracle", "oraclelinux8", "oraclelinux9"];
    let (number, system) = tag.split_once('-').unwrap_or((tag, ""));
    let patch = |line: &str| number.strip_prefix(line)?.strip_prefix('.')?.parse::<u32>().ok();
    let known = MYSQL_WORDS.contains(&number)
        || ["5", "8", "9"].contains(&number)
        || MYSQL_LINES
            .iter()
            .any(|(line, last)| number == *line || patch(line).is_some_and(|patch| patch <= *last));
    tag.starts_with("sha256:") || known && SYSTEMS.contains(&system)
}

/// Bytes a node downloads each millisecond; a 400 Mbit/s line.
const BYTES_PER_MS: u64 = 50_000;

fn image(repository: &str, tags: &[&str], size_mb: u64) -> ImageOption {
    let size_bytes = size_mb * 1_000_000;
    ImageOption {
        repository: repository.to_string(),
        tags: tags.iter().map(|tag| (*tag).to_string()).collect(),
        size_bytes,
        pull: Millis(700 + size_bytes / BYTES_PER_MS),
        answer: RegistryAnswer::Found,
    }
}

impl Default for Options {
    /// Three nodes, a network disk behind `standard`, and the images people use with this tutorial.
    /// Sizes are those of the registries, rounded.
    fn default() -> Options {
        let node = |n: i64| NodeOption {
            name: format!("node-{n}").into(),
            ip: format!("192.168.0.{}", 10 + n),
            cpu_millis: 4_000,
            memory_bytes: 8 << 30,
            pods: 110,
        };
        Options {
            nodes: (1..=3).map(node).collect(),
            images: vec![
                image("mysql", &[], 155),
                image("ist0ne/xtrabackup", &["1.0", "latest"], 112),
                image("gcr.io/google-samples/xtrabackup", &["1.0"], 112),
                image("percona/percona-xtrabackup", &[], 210),
                image("mariadb", &[], 120),
                image("arey/mysql-client", &["latest"], 12),
                image("busybox", &[], 2),
                image("alpine", &[], 4),
                image("nginx", &[], 72),
                image("ubuntu", &[], 30),
                image("debian", &[], 49),
                image("bash", &[], 6),
                // With BIND's tools; sizes from memory.
                image("registry.k8s.io/e2e-test-images/jessie-dnsutils", &[], 64),
                image("nicolaka/netshoot", &[], 180),
            ],
            other_images: RegistryAnswer::Denied,
            provisioner: "cinder.csi.openstack.org".to_string(),
            seed: 1,
            max_unavailable: false,
        }
    }
}

impl Options {
    /// Whether an image names no user of its own. Of those there are, only Percona's does: 1001
    /// (percona-docker, percona-xtrabackup-8.0/Dockerfile).
    pub fn runs_as_root(image: &str) -> bool {
        !split_image(image).0.ends_with("percona-xtrabackup")
    }

    /// What a registry holds under a name, and how it answers.
    pub fn image(&self, name: &ImageName) -> (RegistryAnswer, Option<&ImageOption>) {
        let (repository, tag) = split_image(name);
        let short = short_repository(repository);
        let known = self.images.iter().filter(|one| short_repository(&one.repository) == short);
        let mut tag_missing = false;
        for one in known {
            let any = one.tags.is_empty() && (short != "mysql" || is_mysql_tag(tag));
            if any || one.tags.iter().any(|known| known == tag) {
                return (one.answer, Some(one));
            }
            tag_missing = true;
        }
        match self.copied(name) {
            _ if tag_missing => (RegistryAnswer::NotFound, None),
            Some(one) => (one.answer, Some(one)),
            None => (self.other_images, None),
        }
    }

    /// The image that one of somebody's own registry, or of another user, stands for: with the same
    /// last word. A guess, which the step that pulls it admits.
    pub fn copied(&self, name: &ImageName) -> Option<&ImageOption> {
        let short = short_repository(split_image(name).0);
        let (before, last) = short.rsplit_once('/')?;
        let owner = before.rsplit('/').next().unwrap_or(before);
        let differs = before.starts_with("localhost") || OTHERS_OWN.contains(&owner);
        if differs || self.has_repository(name) {
            return None;
        }
        self.images.iter().find(|one| one.repository.rsplit('/').next() == Some(last))
    }

    /// Whether the model has images of this name, with this tag or another.
    pub fn has_repository(&self, name: &ImageName) -> bool {
        let short = short_repository(split_image(name).0);
        self.images.iter().any(|one| short_repository(&one.repository) == short)
    }
}

/// `repository` and tag; the tag `latest` where there is none. A digest counts as a tag.
pub fn split_image(name: &str) -> (&str, &str) {
    if let Some((repository, digest)) = name.split_once('@') {
        return (repository, digest);
    }
    match name.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (name, "latest"),
    }
}

/// Without the parts that Docker Hub's images may leave out.
pub(super) fn short_repository(repository: &str) -> &str {
    let hub = repository
        .strip_prefix("docker.io/")
        .or_else(|| repository.strip_prefix("index.docker.io/"))
        .unwrap_or(repository);
    hub.strip_prefix("library/").unwrap_or(hub)
}

/// With the parts that Docker Hub's images may leave out, as containerd prints it.
pub fn full_reference(name: &str) -> String {
    let (repository, tag) = split_image(name);
    let mark = if name.contains('@') { '@' } else { ':' };
    let first = repository.split('/').next().unwrap_or_default();
    let has_host = repository.contains('/')
        && (first.contains('.') || first.contains(':') || first == "localhost");
    match (has_host, repository.contains('/')) {
        (true, _) => format!("{repository}{mark}{tag}"),
        (false, true) => format!("docker.io/{repository}{mark}{tag}"),
        (false, false) => format!("docker.io/library/{repository}{mark}{tag}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_found_under_all_their_names() {
        let options = Options::default();
        let rows = [
            ("mysql:5.7-debian", RegistryAnswer::Found),
            ("docker.io/library/mysql:5.7", RegistryAnswer::Found),
            ("mysql", RegistryAnswer::Found),
            ("mysql:nosuchtag", RegistryAnswer::NotFound),
            ("mysql:5.6", RegistryAnswer::Found),
            ("mysql:8.0.33-debian", RegistryAnswer::Found),
            ("mysql:lts", RegistryAnswer::Found),
            ("mysql:5.7.99", RegistryAnswer::NotFound),
            ("mysql:8.9", RegistryAnswer::NotFound),
            ("nobody/nothing:1", RegistryAnswer::Denied),
            ("localhost:5000/mysql", RegistryAnswer::Denied),
        ];
        for (name, want) in rows {
            assert_eq!(options.image(&name.into()).0, want, "{name}");
        }
        let copies = [
            ("registry.example.com/team/mysql:8.0", Some("mysql")),
            ("someone/xtrabackup:2.4", Some("ist0ne/xtrabackup")),
            ("gcr.io/google-samples/xtrabackup:1.0", None),
            ("docker.io/library/mysql:5.7", None),
            ("bitnami/mysql:latest", None),
            ("mysql/mysql-server:8.0", None),
        ];
        for (name, want) in copies {
            let copied = options.copied(&name.into()).map(|one| one.repository.as_str());
            assert_eq!(copied, want, "{name}");
        }
        assert_eq!(full_reference("mysql:nosuchtag"), "docker.io/library/mysql:nosuchtag");
        assert_eq!(full_reference("ist0ne/xtrabackup:1.0"), "docker.io/ist0ne/xtrabackup:1.0");
        assert_eq!(full_reference("localhost:5000/mysql"), "localhost:5000/mysql:latest");
    }
}
