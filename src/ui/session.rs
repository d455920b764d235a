//! From options to what the player runs.

use ordinal::player::Session;

/// What a person may choose about a run. What is chosen here is what runs and what is downloaded.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Pods, 1 to 9.
    pub replicas: u32,
    /// Empty: the current one.
    pub namespace: String,
    /// Each pod's claim.
    pub storage: String,
    /// Empty: the cluster's default.
    pub class: String,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            replicas: 3,
            namespace: String::new(),
            storage: "2Gi".to_owned(),
            class: String::new(),
        }
    }
}

/// Something wrong in the manifests, for a person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trouble {
    /// `statefulset.yaml:12:5`.
    pub at: String,
    /// What is wrong, in English and 简体中文.
    pub text: [String; 2],
}

/// The manifests the app teaches.
const MANIFESTS: [(&str, &str); 3] = [
    ("configmap.yaml", include_str!("../../manifests/configmap.yaml")),
    ("services.yaml", include_str!("../../manifests/services.yaml")),
    ("statefulset.yaml", include_str!("../../manifests/statefulset.yaml")),
];

/// The run's chance, the same for everybody.
const SEED: u64 = 1;

/// What the player is to run for these options, and what is wrong with it.
pub fn session(_options: &Options) -> (Session, Vec<Trouble>) {
    let files = MANIFESTS.map(|(name, text)| (name.to_owned(), text.to_owned()));
    (Session { files: files.to_vec(), seed: SEED }, Vec::new())
}
