//! The page's own words: buttons, headings, hints. One struct, so that a language that lacks one
//! does not compile.

mod en;
mod zh;

use super::Lang;
use crate::base::Millis;
use crate::player::{ChapterKind, LaneName, SegmentKind, Speed};
use crate::sim::Intervention;
use crate::trace::fact::{FaultGroup, FaultKind};
use crate::trace::{Actor, Via};
use crate::view::WhySource;

/// All words of the page in one language.
pub fn words(lang: Lang) -> &'static Words {
    match lang {
        Lang::En => &en::WORDS,
        Lang::Zh => &zh::WORDS,
    }
}

/// What the page says, in one language.
#[allow(missing_docs)] // Each field is named after what it says.
pub struct Words {
    // The header.
    pub title: &'static str,
    pub lesson: &'static str,
    pub lesson_name: fn(u32) -> String,
    pub other_language: &'static str,
    pub to_dark: &'static str,
    pub to_light: &'static str,
    pub to_projector: &'static str,
    pub from_projector: &'static str,
    pub share: &'static str,
    pub share_tip: &'static str,
    pub copied: &'static str,
    pub not_copied: &'static str,
    pub download: &'static str,
    pub download_short: &'static str,
    pub details: &'static str,
    pub close: &'static str,
    pub skip_to_stage: &'static str,

    // The player.
    pub to_start: &'static str,
    pub step_back: &'static str,
    pub play: &'static str,
    pub pause: &'static str,
    pub step_forward: &'static str,
    pub to_end: &'static str,
    pub of_steps: fn(u32) -> String,
    pub after_apply: fn(Millis) -> String,
    pub speed: &'static str,
    pub speed_name: fn(Speed) -> &'static str,
    pub fingerprint: &'static str,
    pub fingerprint_tip: &'static str,
    pub computing: fn(u32) -> String,
    pub bounded: &'static str,
    pub repeating: &'static str,
    pub settled: &'static str,

    // The timeline.
    pub timeline: &'static str,
    pub scrubber: &'static str,
    pub step_number: fn(u32) -> String,
    pub chapter: fn(&ChapterKind) -> String,
    pub chapters: &'static str,
    pub lane: fn(&LaneName) -> String,
    pub segment: fn(SegmentKind) -> &'static str,
    pub zoom_hint: &'static str,

    // The stage.
    pub stage: &'static str,
    pub empty_stage: &'static str,
    pub empty_stage_hint: &'static str,
    pub service: &'static str,
    pub headless: &'static str,
    pub one_per_connection: fn(&str) -> String,
    pub endpoints: fn(u32, u32) -> String,
    pub not_ready: &'static str,
    pub terminating: &'static str,
    pub no_such_pod: &'static str,
    pub waits_for: fn(&str) -> String,
    pub not_created: &'static str,
    pub ready_for: fn(Millis) -> String,
    pub not_ready_for: fn(Millis) -> String,
    pub created_ago: fn(Millis) -> String,
    pub deleting_for: fn(Millis) -> String,
    pub no_node: &'static str,
    pub waits_for_init: &'static str,
    pub running_for: fn(Millis) -> String,
    pub done: &'static str,
    pub exit_code: fn(u8) -> String,
    pub arrived: fn(&str, &str) -> String,
    pub empty_volume: &'static str,
    pub pending_claim: &'static str,
    pub no_claim: &'static str,
    pub client: &'static str,
    pub no_client: &'static str,
    pub sets_ready: fn(u32, u32) -> String,
    pub restarts: fn(u32) -> String,
    pub init_container: &'static str,
    pub container: &'static str,
    pub volume: &'static str,
    pub pods: &'static str,

    // The sentence.
    pub start_sentence: &'static str,
    pub no_fact: fn(&str) -> String,
    pub more_facts: fn(usize) -> String,
    pub fewer_facts: &'static str,
    pub why: &'static str,
    pub why_title: &'static str,
    pub because: &'static str,
    pub no_cause: &'static str,
    pub your_doing: &'static str,
    pub via: fn(Via) -> &'static str,
    pub actor: fn(&Actor) -> String,

    // The right side.
    pub tab_manifest: &'static str,
    pub tab_logs: &'static str,
    pub tab_files: &'static str,
    pub tab_mysql: &'static str,
    pub tab_details: &'static str,
    pub following: &'static str,
    pub follow: &'static str,
    pub no_log: &'static str,
    pub no_log_lines: &'static str,
    pub stderr: &'static str,
    pub file_tabs: &'static str,
    pub ran: &'static str,
    pub decided: &'static str,
    pub declared: &'static str,
    pub elsewhere: fn(&str) -> String,
    pub no_files: &'static str,
    pub no_volumes: &'static str,
    pub choose_file: &'static str,
    pub binary_file: fn(&str) -> String,
    pub cut_file: fn(&str) -> String,
    pub no_mysql: &'static str,
    pub phase: fn(crate::view::scene::MysqlPhase) -> &'static str,
    pub writable: &'static str,
    pub read_only: &'static str,
    pub server_id: &'static str,
    pub binlog: &'static str,
    pub binlog_off: &'static str,
    pub position: &'static str,
    pub replication: &'static str,
    pub no_replication: &'static str,
    pub io_thread: &'static str,
    pub sql_thread: &'static str,
    pub from_which_byte: &'static str,
    pub began_from: fn(&str, u64, &str) -> String,
    pub who_said_so: &'static str,
    pub copied_from: fn(&str, &str, &str) -> String,
    pub handed_over: &'static str,
    pub why_from: fn(&str) -> String,
    pub why_source: fn(WhySource, &str, &str) -> String,
    pub begin_here: fn(&str) -> String,
    pub whole_status: &'static str,
    pub mode: &'static str,
    pub relay_files: &'static str,
    pub follow_hint: &'static str,
    pub followed: &'static str,
    pub read_to: &'static str,
    pub executed_to: &'static str,
    pub relay_log: &'static str,
    pub lag: &'static str,
    pub lag_secs: fn(Option<u64>) -> String,
    pub connected_replicas: &'static str,
    pub databases: &'static str,
    pub rows: fn(u64) -> String,
    pub system_databases: &'static str,
    pub nothing_selected: &'static str,
    pub events: &'static str,
    pub no_events: &'static str,
    pub node: &'static str,
    pub address: &'static str,
    pub status: &'static str,
    pub ready: &'static str,
    pub restart_count: &'static str,
    pub age: &'static str,
    pub image: &'static str,
    pub capacity: &'static str,
    pub used: &'static str,
    pub bound_to: &'static str,
    pub port: &'static str,
    pub cluster_ip: &'static str,
    pub members: &'static str,
    pub processes: &'static str,
    pub keys_of: &'static str,
    pub in_manifest: &'static str,

    // The terminals.
    pub tab_terminal: &'static str,
    pub terminal_name: fn(u32) -> String,
    pub new_terminal: &'static str,
    pub terminal_busy: &'static str,
    pub terminal_input: &'static str,
    pub terminal_lead: &'static str,
    pub examples: [&'static str; 7],
    pub terminal_past: fn(u32) -> String,
    pub terminal_forked: fn(u32) -> String,
    pub terminal_keys: &'static str,
    pub replaying: &'static str,
    pub interrupt: &'static str,
    pub end_input: &'static str,

    // Editing manifests.
    pub edit: &'static str,
    pub edit_done: &'static str,
    pub edit_lead: &'static str,
    pub edit_apply: &'static str,
    pub edit_discard: &'static str,
    pub edit_clean: &'static str,
    pub edit_error: &'static str,
    pub edit_warning: &'static str,
    pub own_yaml: &'static str,

    // The session.
    pub session_title: &'static str,
    pub session_short: &'static str,
    pub session_save: &'static str,
    pub session_save_lead: &'static str,
    pub session_link: &'static str,
    pub session_link_long: &'static str,
    pub session_open: &'static str,
    pub session_open_lead: &'static str,
    pub session_paste: &'static str,
    pub session_file: &'static str,
    pub session_run: &'static str,
    pub session_before: &'static str,
    pub session_refused: fn(usize) -> String,
    pub session_line: fn(&str) -> String,
    pub session_elsewhere: &'static str,
    pub not_text: &'static str,

    // The download.
    pub download_title: &'static str,
    pub download_lead: &'static str,
    pub replicas: &'static str,
    pub fewer: &'static str,
    pub more: &'static str,
    pub namespace: &'static str,
    pub namespace_hint: &'static str,
    pub storage_size: &'static str,
    pub storage_class: &'static str,
    pub class_hint: &'static str,
    pub preview: &'static str,
    pub unchanged: &'static str,
    pub changed_lines: fn(usize) -> String,
    pub format: &'static str,
    pub one_yaml: &'static str,
    pub zip: &'static str,
    pub kustomize: &'static str,
    pub save: fn(&str) -> String,
    pub copy: &'static str,
    pub watched: fn(&str) -> String,
    pub running: &'static str,
    pub commands: &'static str,

    // Faults.
    pub tab_faults: &'static str,
    pub break_it: &'static str,
    pub break_something: &'static str,
    pub faults_lead: &'static str,
    pub all_in_order: &'static str,
    pub in_force: &'static str,
    pub inject: &'static str,
    pub mend: &'static str,
    pub fault_title: fn(FaultKind) -> &'static str,
    pub fault_meaning: fn(FaultKind) -> &'static str,
    pub fault_group: fn(FaultGroup) -> &'static str,
    pub no_target: &'static str,
    pub target: &'static str,
    pub only_about: fn(&str) -> String,
    pub show_all: &'static str,
    pub will_fork: &'static str,

    // Runs beside each other.
    pub undo: &'static str,
    pub undo_tip: &'static str,
    pub runs: &'static str,
    pub first_run: &'static str,
    pub did: fn(&Intervention) -> String,
    pub left_at: fn(&str, Millis) -> String,
    pub go_there: fn(&str) -> String,
    pub rename: &'static str,
    pub run_name: &'static str,
    pub remove: &'static str,
    pub remove_question: fn(usize) -> String,
    pub keep: &'static str,
    pub compare: &'static str,
    pub compare_title: &'static str,
    pub alike_until: fn(u32, Millis) -> String,
    pub wholly_alike: &'static str,
    pub first_difference: &'static str,
    pub ends_there: &'static str,
    pub here_now: fn(Millis) -> String,
    pub moment_before: &'static str,
    pub moment_after: &'static str,
    pub differs: &'static str,
    pub differing_pods: &'static str,
    pub no_pod_differs: &'static str,
    pub no_such_pod_there: &'static str,

    // Trouble in the text.
    pub trouble_title: fn(usize) -> String,
    pub trouble_text: &'static str,

    // Keys.
    pub keys: &'static str,
    pub keys_title: &'static str,
    pub key_step: &'static str,
    pub key_chapter: &'static str,
    pub key_ends: &'static str,
    pub key_play: &'static str,
    pub key_over: &'static str,
    pub key_out: &'static str,
    pub key_why: &'static str,
    pub key_terminal: &'static str,
    pub key_typing: &'static str,
    pub key_session: &'static str,
    pub key_download: &'static str,
    pub key_faults: &'static str,
    pub key_undo: &'static str,
    pub key_theme: &'static str,
    pub key_projector: &'static str,
    pub key_language: &'static str,
    pub key_help: &'static str,
    pub key_close: &'static str,

    // When we are wrong.
    pub crash_title: &'static str,
    pub crash_text: &'static str,
    pub crash_back: &'static str,
    pub crash_save: &'static str,
    pub crash_start: &'static str,
}

/// A duration for people: `0.4 s`, `58.2 s`, `3 min 5 s`. Units are the same in both languages.
pub fn duration(time: Millis) -> String {
    let Millis(ms) = time;
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}.{} s", ms / 1_000, ms % 1_000 / 100),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
    }
}

/// A size for people, in the units of disks: `177 B`, `3.1 MB`, `2 GB`.
pub fn size(bytes: u64) -> String {
    let units = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    for (unit, name) in units {
        if bytes >= unit {
            let (whole, tenth) = (bytes / unit, bytes % unit * 10 / unit);
            return if whole >= 100 || tenth == 0 {
                format!("{whole} {name}")
            } else {
                format!("{whole}.{tenth} {name}")
            };
        }
    }
    format!("{bytes} B")
}

/// A number with its thousands apart: `1,386`.
pub fn thousands(number: u32) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!(thousands(7), "7");
        assert_eq!(thousands(1_386), "1,386");
        assert_eq!(thousands(2_000_000), "2,000,000");
        assert_eq!(size(177), "177 B");
        assert_eq!(size(3_084_237), "3 MB");
        assert_eq!(size(312_500_000), "312 MB");
        assert_eq!(size(1_500), "1.5 kB");
        assert_eq!(duration(Millis(58_230)), "58.2 s");
        assert_eq!(duration(Millis(185_000)), "3 min 5 s");
    }
}
