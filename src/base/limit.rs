//! Every bound in the app: number, unit, reason, and what happens at the bound.
//! Reaching one is an ordinary, explained end, never a hang or a crash.

/// Manifest text, bytes. The API server takes 3 MiB a request; a lesson needs far less. Beyond: a
/// Diagnostic, nothing runs.
pub const MANIFEST_BYTES_MAX: usize = 1024 * 1024;

/// Objects in one set of manifests. Beyond: a Diagnostic, nothing runs.
pub const OBJECTS_MAX: usize = 64;

/// One script, bytes. Beyond: a Diagnostic at the script's first line.
pub const SCRIPT_BYTES_MAX: usize = 64 * 1024;

/// `spec.replicas`. The stage stays readable to about 9; the controller is exercised to 1,000.
/// Beyond: a Diagnostic.
pub const REPLICAS_MAX: u32 = 1_000;

/// Steps in one run. Beyond: the run ends and says so.
pub const STEPS_MAX: u32 = 2_000_000;

/// Steps one request to run on may take without a human asking again, about an hour of a crash
/// loop.
pub const RUN_ON_MS_MAX: u64 = 3_600_000;

/// Turns of one process without virtual time passing. Beyond: the process is reported as a busy
/// loop and waits one second.
pub const BUSY_TURNS_MAX: u32 = 10_000;

/// One shell word after expansion, or one variable, bytes. Beyond: the shell reports it cannot
/// allocate.
pub const WORD_BYTES_MAX: usize = 1024 * 1024;

/// Frames on one shell's stack. Beyond: the shell ends as bash does when its stack overflows.
pub const SHELL_FRAMES_MAX: usize = 4_096;

/// Bytes of real content in one file or stream. Larger sizes are kept as holes. Beyond: the write
/// fails with ENOSPC.
pub const BLOB_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Bytes in a pipe before its writer waits. Linux: 16 pages (pipe(7)).
pub const PIPE_BYTES_MAX: u64 = 65_536;

/// Processes on one machine. Linux's default `kernel.pid_max`. Beyond: fork fails with EAGAIN.
pub const PROCESSES_MAX: usize = 4_096;

/// Bytes kept of one container's log; the oldest lines go first. kubelet's `containerLogMaxSize` is
/// 10 MiB; a page needs less.
pub const LOG_BYTES_MAX: usize = 1024 * 1024;

/// Steps between two stored worlds. A seek replays at most one less, and a drag has time for few;
/// worlds share what did not change between them.
pub const KEYFRAME_INTERVAL_STEPS: u32 = 4;

/// Steps of a run whose worlds are stored so closely. Beyond: memory matters more than time.
pub const KEYFRAMES_CLOSE_STEPS: u32 = 2_048;

/// Steps between two stored worlds beyond that.
pub const KEYFRAME_FAR_INTERVAL_STEPS: u32 = 64;

/// Bytes on their way in one direction of a connection before its writer waits. Linux's default
/// `tcp_wmem` ends at 4 MiB.
pub const SOCKET_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Actions in a row that mean nothing to a viewer. Beyond: the run ends and says so.
pub const SILENT_ACTIONS_MAX: u32 = 1_000_000;

/// Bytes of one rows event of a binlog, its headers left out (`binlog_row_event_max_size` of 5.7).
/// Beyond: the next row begins another event.
pub const ROWS_EVENT_BYTES_MAX: usize = 8_192;

/// Rows one table may have; a lesson needs a handful, and a world is cloned often. Beyond: `ERROR
/// 1114 The table … is full`.
pub const TABLE_ROWS_MAX: usize = 10_000;

/// Rows one join may make on its way to an answer. Beyond: an error of ours.
pub const JOINED_ROWS_MAX: usize = 100_000;

/// How deep expressions and subqueries may nest, levels. Beyond: an error of ours, never the stack.
pub const SQL_DEPTH_MAX: u32 = 60;

/// Operators in one statement: they nest to the left, and whoever walks the tree goes as deep.
/// Beyond: an error of ours, never the stack.
pub const SQL_OPERATORS_MAX: u32 = 1_000;

/// Bytes of text one SQL function may make (`max_allowed_packet` of 5.7 is 4 MiB). Beyond: NULL, as
/// MySQL answers at its own bound.
pub const SQL_TEXT_BYTES_MAX: usize = 1024 * 1024;

/// Bytes of one packet between a client and a server (`max_allowed_packet` of 5.7). Beyond: the
/// connection is closed.
pub const SQL_PACKET_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Bytes of a statement that facts and process lists keep. Beyond: it is cut, and ends in `…`.
pub const SQL_SHOWN_BYTES_MAX: usize = 200;

/// `!includedir` within `!includedir` …, levels (`my_search_option_files`: 10). Beyond: the file is
/// not read.
pub const OPTION_FILE_DEPTH_MAX: u32 = 10;

/// A path in a backup's stream, bytes (xbstream: FN_REFLEN). Beyond: no chunk of that format.
pub const ARCHIVE_PATH_BYTES_MAX: u64 = 512;

/// How often the image's entrypoint asks the temporary server, once a second
/// (docker-entrypoint.sh). Beyond: `Unable to start server.`, and it ends.
pub const ENTRYPOINT_POLLS_MAX: u32 = 30;

/// Turns a probe's command may take within one step. Beyond: it goes on as an ordinary process.
pub const PROBE_TURNS_MAX: u32 = 200;

/// Bytes kept of what one terminal shows; the oldest lines go first.
pub const SCREEN_BYTES_MAX: usize = 512 * 1024;

/// Actions a command that only looks may take. Beyond: it counts as something the learner does.
pub const OBSERVE_ACTIONS_MAX: u32 = 20_000;

/// A session file, bytes. Beyond: a located message, nothing runs.
pub const SESSION_BYTES_MAX: usize = 2 * 1024 * 1024;
