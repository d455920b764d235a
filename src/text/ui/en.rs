//! English: the page's own words.

use super::{Words, duration, thousands};
use crate::base::Millis;
use crate::player::{ChapterKind, LaneName, SegmentKind, Speed};
use crate::sim::Intervention;
use crate::text::en::fault;
use crate::trace::{Actor, Via};
use crate::view::WhySource;
use crate::view::scene::MysqlPhase;

pub(super) static WORDS: Words = Words {
    title: "Ordinal: a StatefulSet becomes a replicated MySQL cluster",
    lesson: "Lesson",
    lesson_name: |replicas| format!("First start: {}", replicas_in_words(replicas)),
    other_language: "切换到中文",
    to_dark: "Dark theme",
    to_light: "Light theme",
    to_projector: "Projector mode: everything larger, no terminal",
    from_projector: "Back to the usual size",
    share: "Share",
    share_tip: "Copy a link to this very step",
    copied: "Copied",
    not_copied: "The browser refused; copy it from the address bar",
    download: "Download manifests",
    download_short: "Download",
    details: "Manifest and logs",
    close: "Close",
    skip_to_stage: "Skip to the cluster",

    to_start: "To the start",
    step_back: "One step back",
    play: "Play",
    pause: "Pause",
    step_forward: "One step on",
    to_end: "To the end",
    of_steps: |count| format!("of {} steps", thousands(count)),
    after_apply: |time| format!("{} after apply", duration(time)),
    speed: "Speed",
    speed_name: |speed| match speed {
        Speed::Read => "Read",
        Speed::Walk => "Walk",
        Speed::Run => "Run",
        Speed::Fly => "Fly",
    },
    fingerprint: "fingerprint",
    fingerprint_tip: "The same manifests and seed give this number on every machine",
    computing: |count| format!("Computing the run: {} steps", thousands(count)),
    repeating: "The run repeats itself from here on: for 15 minutes nothing new has happened",
    bounded: "Stopped at a bound: the run would go on",
    settled: "Nothing more will change",

    timeline: "Timeline",
    scrubber: "Step of the run",
    step_number: |number| format!("Step {}", thousands(number)),
    chapter: |kind| match kind {
        ChapterKind::Configuration => "configuration".to_owned(),
        ChapterKind::Starts(pod) => format!("{pod} starts"),
        ChapterKind::Clones { pod, from } => format!("{pod} clones from {from}"),
        ChapterKind::Traffic => "writes and reads".to_owned(),
        ChapterKind::Learner => "what you did".to_owned(),
    },
    chapters: "Chapters",
    lane: |name| match name {
        LaneName::Controller => "controllers".to_owned(),
        LaneName::Pod(pod) => pod.to_string(),
        LaneName::Client => "client".to_owned(),
    },
    segment: |kind| match kind {
        SegmentKind::Reconcile => "reconcile",
        SegmentKind::Waiting => "waiting",
        SegmentKind::Init => "init",
        SegmentKind::Clone => "clone",
        SegmentKind::Prepare => "prepare",
        SegmentKind::Starting => "starting",
        SegmentKind::Ready => "ready",
        SegmentKind::Trouble => "trouble",
        SegmentKind::Write => "write",
        SegmentKind::Read => "read",
    },
    zoom_hint: "Drag anywhere; zoom with the wheel",

    stage: "The cluster at this step",
    empty_stage: "An empty cluster",
    empty_stage_hint: "Press → or ▶ and watch the manifests being applied, one step at a time",
    service: "Service",
    headless: "headless: names only",
    one_per_connection: |address| format!("{address}, picks a ready pod"),
    endpoints: |ready, all| format!("{ready} of {all} endpoints"),
    not_ready: "not Ready",
    terminating: "terminating",
    no_such_pod: "no such pod",
    waits_for: |pod| format!("waits until {pod} is Ready"),
    not_created: "not created yet",
    ready_for: |time| format!("Ready for {}", duration(time)),
    not_ready_for: |time| format!("not Ready for {}", duration(time)),
    created_ago: |time| format!("age {}", duration(time)),
    deleting_for: |time| format!("deleting for {}", duration(time)),
    no_node: "no node yet",
    waits_for_init: "waits for init",
    running_for: |time| format!("runs {}", duration(time)),
    done: "done",
    exit_code: |code| format!("exit {code}"),
    arrived: |part, all| format!("{part} of {all} arrived"),
    empty_volume: "empty",
    pending_claim: "not bound yet",
    no_claim: "no claim yet",
    client: "Client",
    no_client: "none now",
    sets_ready: |ready, all| format!("{ready} of {all} Ready"),
    restarts: |count| if count == 1 { "1 restart".to_owned() } else { format!("{count} restarts") },
    init_container: "init container",
    container: "container",
    volume: "volume",
    pods: "Pods",

    start_sentence: "Nothing has happened yet. The manifests are read; the next step applies them.",
    no_fact: |actor| format!("{actor} acts; nothing a viewer would notice changes."),
    more_facts: |count| format!("{count} more"),
    fewer_facts: "less",
    why: "Why?",
    why_title: "Why this step happened",
    because: "because",
    no_cause: "Nothing before it: this is where the run begins.",
    your_doing: "Nothing in the cluster led to it: you did this.",
    via: |via| match via {
        Via::Message => "its message arrived",
        Via::Timer => "a timer it set went off",
        Via::Watch => "a watch told of it",
        Via::Spawn => "it started this process",
        Via::Wait => "this process waited for it",
        Via::Request => "it asked for this",
        Via::Fault => "this fault brought it about",
        Via::Next => "the same one went on",
    },
    actor: |actor| match actor {
        Actor::Learner => "You".to_owned(),
        Actor::ApiServer => "The API server".to_owned(),
        Actor::StatefulSetController => "The StatefulSet controller".to_owned(),
        Actor::EndpointsController => "The endpoints controller".to_owned(),
        Actor::VolumeController => "The volume controller".to_owned(),
        Actor::Controller(name) => format!("The {name}"),
        Actor::Scheduler => "The scheduler".to_owned(),
        Actor::Kubelet(node) => format!("The kubelet on {node}"),
        Actor::Process { pod, container, program, .. } => {
            format!("{program} in {pod}/{container}")
        }
        Actor::Network => "The network".to_owned(),
        Actor::Fault => "An injected fault".to_owned(),
    },

    tab_manifest: "Manifest",
    tab_logs: "Logs",
    tab_files: "Files",
    tab_mysql: "MySQL",
    tab_details: "Details",
    following: "follows the step",
    follow: "Follow the step",
    no_log: "No container has started yet.",
    no_log_lines: "This container has printed nothing so far.",
    stderr: "standard error",
    file_tabs: "Manifest files",
    ran: "ran",
    decided: "decided",
    declared: "declares it",
    elsewhere: |file| format!("also in {file}"),
    no_files: "No files on this volume yet.",
    no_volumes: "No volume has been claimed yet.",
    choose_file: "Choose a file to read what is in it at this step.",
    binary_file: |size| format!("{size} of binary data. The model keeps its size, not its bytes."),
    cut_file: |size| format!("… and {size} more"),
    no_mysql: "mysqld does not run in this pod at this step.",
    phase: |phase| match phase {
        MysqlPhase::Initializing => "initializing",
        MysqlPhase::Starting => "starting",
        MysqlPhase::Ready => "ready for connections",
        MysqlPhase::ShuttingDown => "shutting down",
    },
    writable: "takes writes",
    read_only: "super-read-only",
    server_id: "server id",
    binlog: "Binary log",
    binlog_off: "off on this server",
    position: "position",
    replication: "Replication",
    no_replication: "Not configured: this server replicates from nobody.",
    io_thread: "I/O thread",
    sql_thread: "SQL thread",
    from_which_byte: "Replicates from",
    began_from: |file, byte, host| format!("Byte {byte} of {file}, read from {host}."),
    copied_from: |pod, file, at| {
        format!("{file}, which came with the copy of {pod}'s data: it says {at}.")
    },
    handed_over: "How that was handed over, step by step",
    why_from: |host| format!("Why from {host}"),
    why_source: |why, pod, file| {
        let why = match why {
            WhySource::ItsOwnData => {
                return format!(
                    "The data is {pod}'s, and {file} names a byte of {pod}'s own binary log: all \
                     before it is in the copy."
                );
            }
            WhySource::NoBinlog => "writes no binary log (log_bin is OFF)",
            WhySource::NotLogged => {
                "keeps what it replicates out of its own binary log (log_slave_updates is OFF)"
            }
        };
        format!(
            "{pod} cannot be the source: it {why}. But it is a replica itself, and {file} says how \
             far it had executed its own source's log; from there its copy goes on. The file \
             names no host: CHANGE MASTER TO does."
        )
    },
    begin_here: |pods| format!("here begins {pods}"),
    whole_status: "All fields, as SHOW SLAVE STATUS\\G prints them",
    mode: "mode",
    relay_files: "relay log files",
    who_said_so: "Who told it so",
    follow_hint: "Choose an event to follow its transaction from the client to every replica.",
    followed: "This transaction, step by step",
    read_to: "read up to",
    executed_to: "executed up to",
    relay_log: "relay log",
    lag: "behind source",
    lag_secs: |secs| secs.map_or_else(|| "NULL".to_owned(), |secs| format!("{secs} s")),
    connected_replicas: "Connected replicas, sent up to",
    databases: "Databases",
    rows: |count| if count == 1 { "1 row".to_owned() } else { format!("{count} rows") },
    system_databases: "the server's own",
    nothing_selected: "Click any name on the stage or in a sentence to see what it is.",
    events: "Events",
    no_events: "None so far.",
    node: "Node",
    address: "Address",
    status: "Status",
    ready: "Ready",
    restart_count: "Restarts",
    age: "Age",
    image: "Image",
    capacity: "Capacity",
    used: "Used",
    bound_to: "Volume",
    port: "Port",
    cluster_ip: "Cluster IP",
    members: "Members",
    processes: "Processes",
    keys_of: "Keys",
    in_manifest: "Show in the manifest",

    tab_terminal: "Terminal",
    terminal_name: |number| format!("Terminal {number}"),
    new_terminal: "One more terminal",
    terminal_busy: "a command runs here",
    terminal_input: "Command line",
    terminal_lead: "A shell beside the cluster, with kubectl and the manifests. It answers for the \
                    step shown; what changes the cluster goes on from there.",
    examples: [
        "See the pods as they are at this step",
        "Watch them; go on stepping or playing meanwhile",
        "Type SQL into mysql-0",
        "Read through the Service of all servers",
        "Grow to five",
        "Lose a pod, and see it come back",
        "Ask why a pod is as it is",
    ],
    terminal_past: |step| {
        format!("At step {}: a change made here begins a new branch.", thousands(step))
    },
    terminal_forked: |step| format!("New branch from step {}.", thousands(step)),
    terminal_keys: "↑ ↓ earlier lines · Tab completes · Esc back to stepping",
    replaying: "The session is being played …",
    interrupt: "Interrupt the command (Ctrl-C)",
    end_input: "End of input (Ctrl-D)",

    edit: "Edit",
    edit_done: "Done",
    edit_lead: "Your copy, beside the terminals. Apply sends it to the cluster at the step shown.",
    edit_apply: "Apply",
    edit_discard: "Discard changes",
    edit_clean: "Nothing to complain about",
    edit_error: "error",
    edit_warning: "warning",
    own_yaml: "Your own YAML …",

    session_title: "Session: save and open",
    session_short: "Session",
    session_save: "This session",
    session_save_lead: "All you did, in every run, as text. Played again, here or with ordinal \
                        play, it makes the same steps.",
    session_link: "Copy link",
    session_link_long: "Too long for a link: save the file instead.",
    session_open: "Open another",
    session_open_lead: "A session file, or manifests of your own. It runs in place of this one.",
    session_paste: "Paste it here, or drop a file",
    session_file: "Choose a file",
    session_run: "Run it",
    session_before: "Back to the one before",
    session_refused: |count| {
        if count == 1 {
            "One thing is in the way; nothing has changed".to_owned()
        } else {
            format!("{count} things are in the way; nothing has changed")
        }
    },
    session_line: |number| format!("line {number}"),
    session_elsewhere: "This link's session was too long for it and is kept on the device where it \
                        was made. Ask for the session file.",
    not_text: "This file is not UTF-8 text.",

    download_title: "Download the manifests",
    download_lead: "What you download is what you watched: every change here runs the model again.",
    replicas: "Replicas",
    fewer: "One fewer",
    more: "One more",
    namespace: "Namespace",
    namespace_hint: "empty: the current one",
    storage_size: "Storage per pod",
    storage_class: "Storage class",
    class_hint: "empty: the cluster's default",
    preview: "Preview",
    unchanged: "Exactly the tutorial's files: nothing changed",
    changed_lines: |count| {
        if count == 1 { "1 line changed".to_owned() } else { format!("{count} lines changed") }
    },
    format: "Form",
    one_yaml: "One YAML",
    zip: "Zip of the files",
    kustomize: "Kustomize",
    save: |name| format!("Download {name}"),
    copy: "Copy",
    watched: |steps| format!("The page has run exactly these files: {steps} steps."),
    running: "The model runs with these files now …",
    commands: "Commands that go with it",

    tab_faults: "Faults",
    break_it: "Break it",
    break_something: "Break something",
    faults_lead: "Each fault is one more step. Undo leads back to before it.",
    all_in_order: "Nothing is broken at this step.",
    in_force: "Broken at this step",
    inject: "Inject",
    mend: "Mend",
    fault_title: fault::title,
    fault_meaning: fault::meaning,
    fault_group: fault::group,
    no_target: "nothing to hit at this step",
    target: "Target",
    only_about: |what| format!("Only what hits {what}"),
    show_all: "Show all",
    will_fork: "You stand in the past: a fault starts another run here, and this one stays.",

    undo: "Undo",
    undo_tip: "Undo: back to before what you did last",
    runs: "Runs",
    first_run: "The first run",
    did,
    left_at: |parent, at| format!("left “{parent}” at {}", duration(at)),
    go_there: |run| format!("Go to “{run}”, at the same time"),
    rename: "Rename",
    run_name: "Name of the run",
    remove: "Remove",
    remove_question: |leavers| match leavers {
        0 => "Remove this run?".to_owned(),
        1 => "Remove this run, and the one that left it?".to_owned(),
        count => format!("Remove this run, and the {count} that left it?"),
    },
    keep: "Keep it",
    compare: "Compare with this one",
    compare_title: "Two runs at the same time",
    alike_until: |steps, at| {
        format!("Alike for {} steps, until {}. Then:", thousands(steps), duration(at))
    },
    wholly_alike: "These runs are alike to the end.",
    first_difference: "To the first difference",
    ends_there: "This run has no further step.",
    here_now: |at| format!("{} after apply", duration(at)),
    moment_before: "To the moment before",
    moment_after: "To the next moment",
    differs: "differs",
    differing_pods: "Pods that differ",
    no_pod_differs: "Every pod is the same in both at this time.",
    no_such_pod_there: "no such pod",

    trouble_title: |count| {
        if count == 1 {
            "One thing is in the way".to_owned()
        } else {
            format!("{count} things are in the way")
        }
    },
    trouble_text: "Nothing has run. Correct this first:",

    keys: "Keys",
    keys_title: "Keys",
    key_step: "one step back, one step on",
    key_chapter: "previous, next chapter",
    key_ends: "to the start, to the end",
    key_play: "play or pause",
    key_over: "over: to the end of this script or reconcile",
    key_out: "out: back to before this script",
    key_why: "why did this happen?",
    key_terminal: "to the terminal",
    key_typing: "in the terminal: earlier lines, complete, interrupt",
    key_session: "save this session, open another",
    key_download: "download the manifests",
    key_faults: "break something",
    key_undo: "undo what you did last",
    key_theme: "light or dark",
    key_projector: "larger, for a projector",
    key_language: "English or 中文",
    key_help: "this list",
    key_close: "close what is open",

    crash_title: "Ordinal made a mistake",
    crash_text: "The model met a state it did not expect. That is our error, not yours. \
                 Your place is kept; below is what happened.",
    crash_back: "Back to the last good step",
    crash_save: "Save what I did",
    crash_start: "Start from the beginning",
};

fn replicas_in_words(replicas: u32) -> String {
    let names = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];
    let plural = if replicas == 1 { "replica" } else { "replicas" };
    match names.get(replicas as usize) {
        Some(name) => format!("{name} {plural}"),
        None => format!("{replicas} {plural}"),
    }
}

fn did(act: &Intervention) -> String {
    match act {
        Intervention::Type { line, .. } => format!("$ {}", line.lines().next().unwrap_or_default()),
        Intervention::Interrupt { .. } => "Ctrl-C".to_owned(),
        Intervention::EndInput { .. } => "Ctrl-D".to_owned(),
        Intervention::Write { file, .. } => format!("Saved {file}"),
        Intervention::Edit { object, .. } => format!("Edited {object}"),
        Intervention::Wait { until } => format!("Waited until {}", duration(Millis(until.0))),
        Intervention::Inject(it) => format!("{}: {}", fault::title(it.kind()), it.target()),
        Intervention::Mend(it) => format!("Mended: {} {}", fault::title(it.kind()), it.target()),
    }
}
