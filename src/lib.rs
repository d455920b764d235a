//! Ordinal: how a StatefulSet becomes a replicated MySQL cluster, executed one step at a time.
//!
//! Manifests go in, are executed in a deterministic model, and every step is recorded. The same
//! session gives the same steps, byte for byte, natively and in wasm: no clock, no chance but the
//! seed, no hash order, no float. Read it from the bottom up:
//!
//! | module | what it is |
//! |---|---|
//! | `base` | ids, virtual time, bytes with holes, bounds, the seed, the digest |
//! | `span`, `manifest` | YAML with places; objects, their checks, edits and exports |
//! | `trace` | what a step says: facts, causes, lines. No sentence |
//! | `os` | the system calls, as a trait; what every program of the model is written against |
//! | `ere`, `sh`, `tool`, `mysql` | programs as plain data: regexes, bash, small ones, MySQL |
//! | `sim` | what may happen next, and what a component asks of the others |
//! | `node` | all processes, files, pipes and sockets; the machine behind `os` |
//! | `kube` | the API's objects, controllers, kubelets, names, kubectl |
//! | `world` | everything as one value; where effects reach others; terminals, faults |
//! | `history`, `player` | the tree of runs with replay; what the page drives |
//! | `view`, `text` | what a screen may show; people's words in both languages |
//!
//! Absent on purpose: `kube` reaches into no container, `sh` and `mysql` know no Kubernetes, and
//! nothing in the model points at `text`. `tests/tidy/arrows.rs` holds the arrows.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod base;
pub mod ere;
pub mod history;
pub mod kube;
pub mod manifest;
pub mod mysql;
pub mod node;
pub mod os;
pub mod player;
pub mod sh;
pub mod sim;
pub mod span;
pub mod text;
pub mod tool;
pub mod trace;
pub mod view;
pub mod world;
