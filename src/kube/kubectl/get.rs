//! `get`, `describe`, `events`.

use serde::Serialize as _;
use serde_json::{Value, json};

use super::select::{Wanted, full_name, kind_name};
use super::{Answer, DONE, Desk, Failure, Kubectl, Progress, State, jsonpath};
use crate::base::{SimTime, SortedMap};
use crate::kube::print::{Listing, cells, describe, events_table, headers, table};
use crate::kube::store::key_of;
use crate::manifest::object::{Event, Object};
use crate::sim::ObjectKey;

impl Kubectl {
    fn listing(&self, several: bool) -> Listing {
        Listing {
            wide: self.args.value("output") == Some("wide"),
            all_namespaces: self.args.has("all-namespaces"),
            no_headers: self.args.has("no-headers"),
            with_kind: several,
            show_labels: self.args.has("show-labels"),
            label_columns: self.args.values("label-columns"),
        }
    }

    /// Names do not go with selectors, nor with all namespaces.
    fn check_selection(&self, wanted: &[Wanted]) -> Result<(), Failure> {
        if wanted.iter().all(|one| one.names.is_empty()) {
            return Ok(());
        }
        if self.args.has("all-namespaces") {
            let text = "error: a resource cannot be retrieved by name across all namespaces";
            return Err(Failure::new(text));
        }
        if self.args.flags.contains_key("selector")
            || self.args.flags.contains_key("field-selector")
        {
            let text = "error: name cannot be provided when a selector is specified";
            return Err(Failure::new(text));
        }
        Ok(())
    }

    pub(super) fn get(&mut self, desk: &mut dyn Desk) -> Answer {
        if self.args.names.is_empty() && !self.args.flags.contains_key("filename") {
            desk.err(
                "You must specify the type of resource to get. Use \"kubectl api-resources\" for a \
                 complete list of supported resources.\n\n",
            );
            return Err(Failure::new(
                "error: Required resource not specified.\nUse \"kubectl explain <resource>\" for a \
                 detailed description of that resource (e.g. kubectl explain pods).\nSee 'kubectl \
                 get -h' for help and examples",
            ));
        }
        if let Some(answer) = self.get_foreign(desk) {
            return answer;
        }
        let wanted = self.wanted(desk, "get")?;
        self.check_selection(&wanted)?;
        let kinds = wanted.len();
        let several = kinds > 1
            || self.args.names.first().is_some_and(|word| word == "all")
            || self.args.has("show-kind");
        if wanted.iter().any(|one| one.kind.plural == "endpoints") {
            desk.err(
                "Warning: v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 \
                 EndpointSlice\n",
            );
        }
        let (mut all, mut failures) = (Vec::new(), Vec::new());
        for one in &wanted {
            let (mut found, missing) = self.objects(desk.cluster().store(), one);
            failures.extend(missing);
            if let Some(path) = self.args.value("sort-by") {
                let path = path.to_string();
                found.sort_by_key(|object| sort_value(object, &path));
            }
            all.push((one.kind.plural, found));
        }
        let watches = self.args.has("watch") || self.args.has("watch-only");
        if watches && kinds > 1 {
            return Err(Failure::new(
                "error: you may only specify a single resource type when watching".to_string(),
            ));
        }
        let named = wanted.iter().any(|one| !one.names.is_empty());
        let only_one = kinds == 1 && wanted[0].names.len() == 1 && !failures.is_empty();
        if !self.args.has("watch-only") && !only_one {
            self.print_all(desk, &all, several, named, failures.is_empty())?;
        }
        if self.args.has("ignore-not-found") {
            failures.clear();
        }
        for failure in &failures {
            desk.err(&format!("{}\n", failure.text));
        }
        if watches && failures.is_empty() {
            let Some((plural, found)) = all.first() else { return DONE };
            let rows = self.rows(plural, found, desk.now());
            let mut widths = Vec::new();
            let silent = self.args.has("watch-only");
            if !silent && !found.is_empty() {
                widen(&mut widths, &headers(plural, &self.listing(self.args.has("show-kind"))));
                rows.values().for_each(|row| widen(&mut widths, &row.cells));
            }
            self.state = State::Watch { rows, widths };
            return Ok(Progress::Waiting);
        }
        Ok(Progress::Done(u8::from(!failures.is_empty())))
    }

    fn print_all(
        &self,
        desk: &mut dyn Desk,
        all: &[(&'static str, Vec<Object>)],
        several: bool,
        named: bool,
        complete: bool,
    ) -> Result<(), Failure> {
        let objects: Vec<&Object> = all.iter().flat_map(|(_, found)| found).collect();
        let output = self.args.value("output").unwrap_or_default().to_string();
        match output.split('=').next().unwrap_or_default() {
            "" | "wide" => {
                if objects.is_empty() {
                    let namespaced = all.iter().any(|(plural, _)| {
                        super::select::kind_of(plural).is_some_and(|kind| kind.namespaced)
                    });
                    let place = match namespaced && !self.args.has("all-namespaces") {
                        true => format!(" in {} namespace.", self.args.namespace()),
                        false => String::new(),
                    };
                    // A watch waits for the first one.
                    if complete && !self.args.has("watch") {
                        desk.err(&format!("No resources found{place}\n"));
                    }
                    return Ok(());
                }
                let shown = all.iter().filter(|(_, found)| !found.is_empty());
                for (index, (plural, found)) in shown.enumerate() {
                    if index > 0 {
                        desk.out("\n");
                    }
                    let text = table(plural, found, &self.listing(several), desk.now());
                    desk.out(&text);
                }
            }
            "name" => {
                for object in objects {
                    desk.out(&format!("{}\n", full_name(object)));
                }
            }
            _ => {
                let value = match objects.as_slice() {
                    [object] if named => object.to_value(),
                    _ => list(&objects),
                };
                self.print_value(desk, &value)?;
            }
        }
        Ok(())
    }

    /// Prints a tree in the form that `-o` names.
    pub(super) fn print_value(&self, desk: &mut dyn Desk, value: &Value) -> Result<(), Failure> {
        let output = self.args.value("output").unwrap_or_default().to_string();
        let (form, template) = output.split_once('=').unwrap_or((&output, ""));
        let file = |desk: &dyn Desk| {
            desk.file(template).ok_or_else(|| {
                Failure::new(format!(
                    "error: error reading template {template}, open {template}: no such file or \
                     directory"
                ))
            })
        };
        let text = match form {
            "json" => pretty(value),
            "yaml" => super::yaml::document(value),
            "jsonpath" => jsonpath::render(template, value).map_err(Failure::new)?,
            "jsonpath-as-json" => {
                let path = template.trim_start_matches('{').trim_end_matches('}');
                pretty(&jsonpath::find(path, value).into())
            }
            "jsonpath-file" => {
                let text = file(desk)?;
                jsonpath::render(text.trim_end(), value).map_err(Failure::new)?
            }
            "custom-columns" => {
                let no_headers = self.args.has("no-headers");
                super::columns::table(template, value, no_headers).map_err(Failure::new)?
            }
            "go-template"
            | "go-template-file"
            | "template"
            | "templatefile"
            | "custom-columns-file"
            | "kyaml" => {
                let text = format!("error: kubectl's output format {form} is not modelled here");
                return Err(Failure::new(text));
            }
            other => {
                return Err(Failure::new(format!(
                    "error: unable to match a printer suitable for the output format \"{other}\", \
                     allowed formats are: custom-columns,custom-columns-file,go-template,\
                     go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,\
                     templatefile,wide,yaml"
                )));
            }
        };
        desk.out(&text);
        Ok(())
    }

    /// A table's cells, row by row.
    fn rows(
        &self,
        plural: &'static str,
        found: &[Object],
        now: SimTime,
    ) -> SortedMap<ObjectKey, Row> {
        let listing = self.listing(self.args.has("show-kind"));
        found
            .iter()
            .map(|object| {
                let row = Row {
                    cells: cells(plural, object, &listing, now),
                    version: object.metadata().resource_version.clone(),
                };
                (key_of(object.metadata()), row)
            })
            .collect()
    }

    /// `get -w`: one line for each change, in columns that only grow.
    pub(super) fn watch(
        &mut self,
        desk: &mut dyn Desk,
        old: SortedMap<ObjectKey, Row>,
        widths: Vec<u32>,
    ) -> Answer {
        let wanted = self.wanted(desk, "get")?;
        let Some(one) = wanted.first() else { return DONE };
        let (found, _) = self.objects(desk.cluster().store(), one);
        let rows = self.rows(one.kind.plural, &found, desk.now());
        let mut widths = widths;
        let is_new = |(at, row): &(&ObjectKey, &Row)| {
            old.get(*at).is_none_or(|before| before.version != row.version)
        };
        let is_gone = |(at, _): &(&ObjectKey, &Row)| !rows.contains_key(*at);
        let changed = rows.iter().filter(is_new).chain(old.iter().filter(is_gone));
        for (_, row) in changed {
            if widths.is_empty() && !self.args.has("no-headers") {
                let listing = self.listing(self.args.has("show-kind"));
                let names = headers(one.kind.plural, &listing);
                widen(&mut widths, &names);
                widen(&mut widths, &row.cells);
                desk.out(&padded(&names, &widths));
            }
            widen(&mut widths, &row.cells);
            desk.out(&padded(&row.cells, &widths));
        }
        self.state = State::Watch { rows, widths };
        Ok(Progress::Waiting)
    }

    pub(super) fn describe(&mut self, desk: &mut dyn Desk) -> Answer {
        let wanted = self.wanted(desk, "describe")?;
        let mut failures = Vec::new();
        let mut texts = Vec::new();
        for one in &wanted {
            let (mut found, mut missing) = self.objects(desk.cluster().store(), one);
            if found.is_empty() && missing.len() == 1 {
                // A name that is none may be the beginning of several.
                found = self.with_prefix(desk.cluster().store(), one);
                missing.truncate(usize::from(found.is_empty()));
            }
            failures.extend(missing);
            let store = desk.cluster().store();
            texts.extend(found.iter().map(|object| describe(store, object, desk.now())));
        }
        if texts.is_empty() && failures.is_empty() {
            let place = self.args.namespace();
            desk.err(&format!("No resources found in {place} namespace.\n"));
        }
        desk.out(&texts.join("\n\n"));
        for failure in &failures {
            desk.err(&format!("{}\n", failure.text));
        }
        Ok(Progress::Done(u8::from(!failures.is_empty())))
    }

    /// `kubectl events`: sorted by time.
    pub(super) fn events(&mut self, desk: &mut dyn Desk) -> Answer {
        let about = self.args.value("for").map(str::to_lowercase);
        let store = desk.cluster().store();
        let everywhere = self.args.has("all-namespaces");
        let last = |event: &Event| event.last_timestamp.or(event.event_time);
        let mut found: Vec<&Event> = store
            .events
            .values()
            .map(|event| &**event)
            .filter(|event| everywhere || event.metadata.namespace == self.args.namespace())
            .filter(|event| {
                let object = &event.involved_object;
                let name = format!("{}/{}", object.kind.to_lowercase(), object.name);
                about.as_ref().is_none_or(|about| *about == name)
            })
            .collect();
        found.sort_by_key(|event| last(event));
        if found.is_empty() {
            let text = format!("No events found in {} namespace.\n", self.args.namespace());
            desk.err(&text);
            return DONE;
        }
        let text = events_table(&found, desk.now(), self.args.has("no-headers"));
        desk.out(&text);
        DONE
    }
}

/// A row as it was printed last, and of which version.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct Row {
    cells: Vec<String>,
    version: String,
}

/// Makes columns as wide as a row needs, with the gap after them. The last has no end.
fn widen(widths: &mut Vec<u32>, cells: &[String]) {
    widths.resize(widths.len().max(cells.len()), 6);
    for (width, cell) in widths.iter_mut().zip(cells) {
        let needed = u32::try_from(cell.chars().count()).unwrap_or(u32::MAX).saturating_add(3);
        *width = needed.max(*width);
    }
}

/// A row in columns so wide.
fn padded(cells: &[String], widths: &[u32]) -> String {
    let mut line = String::new();
    for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
        line.push_str(cell);
        if index + 1 < cells.len() {
            let gap = (*width as usize).saturating_sub(cell.chars().count());
            line.push_str(&" ".repeat(gap));
        }
    }
    line.push('\n');
    line
}

/// What `--sort-by` sorts by: numbers as numbers, all else as text.
fn sort_value(object: &Object, path: &str) -> (i64, String) {
    let path = path.trim_start_matches('{').trim_end_matches('}');
    match jsonpath::find(path, &object.to_value()).into_iter().next() {
        Some(Value::Number(number)) => (number.as_i64().unwrap_or(0), String::new()),
        Some(Value::String(text)) => (0, text),
        None | Some(Value::Null) => (0, String::new()),
        Some(other) => (0, other.to_string()),
    }
}

fn list(objects: &[&Object]) -> Value {
    let items: Vec<Value> = objects.iter().map(|object| object.to_value()).collect();
    json!({"apiVersion": "v1", "items": items, "kind": "List", "metadata": {"resourceVersion": ""}})
}

/// JSON as kubectl writes it: four spaces a level.
fn pretty(value: &Value) -> String {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"    ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    value.serialize(&mut serializer).expect("a tree of texts can be written");
    let mut text = String::from_utf8(bytes).expect("JSON is text");
    text.push('\n');
    text
}

/// Used by commands that name what they changed.
pub(super) fn said(object: &Object, verb: &str) -> String {
    format!("{}/{} {verb}\n", kind_name(object), object.metadata().name)
}
