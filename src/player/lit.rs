//! From the places a step names to bytes of files.

use crate::manifest::Manifests;
use crate::span::Span;
use crate::trace::{Place, Site, SiteRole};
use crate::world::World;

/// A place in a file that a step lights up.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Lit {
    /// Index into `Session::files`.
    pub file: u32,
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
    /// What the place did.
    pub role: SiteRole,
}

fn of(span: Span, role: SiteRole) -> Lit {
    Lit { file: span.file.0, start: span.start, end: span.end, role }
}

/// The bytes of all places of a step.
pub fn lit(sites: &[Site], manifests: &Manifests, world: &World) -> Vec<Lit> {
    let mut all = Vec::new();
    for site in sites {
        match &site.place {
            Place::Field { kind, object, path } => {
                all.extend(manifests.locate(kind, object, path).map(|span| of(span, site.role)));
            }
            Place::Script { pod, container, argument, start, end } => {
                let Some((kind, object)) = world.kube().pod_template_of(pod) else { continue };
                let part = (*start, *end);
                let owner = (kind.as_str(), object.as_str());
                let found = script(owner, container, *argument, part, manifests);
                all.extend(found.into_iter().map(|lit| Lit { role: site.role, ..lit }));
            }
        }
    }
    all
}

/// The bytes of a part of a container's script.
pub fn script(
    (kind, object): (&str, &str),
    container: &str,
    argument: u32,
    (start, end): (u32, u32),
    manifests: &Manifests,
) -> Vec<Lit> {
    manifests
        .locate_script(kind, object, container, argument, start, end)
        .into_iter()
        .map(|span| of(span, SiteRole::Ran))
        .collect()
}
