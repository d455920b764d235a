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

/// Virtual time, in milliseconds, that a run may go on without a human asking for something: about
/// an hour of a crash loop. Beyond: it stops and says so, until somebody asks for more.
pub const RUN_ON_MS_MAX: u64 = 3_600_000;

/// Virtual time, in milliseconds, in which nothing happens that did not happen before in the same
/// way: three times as long as a kubelet waits between two starts at most. Beyond: the run is taken
/// to repeat itself, stops and says so.
pub const REPEATED_MS_MAX: u64 = 900_000;

/// Turns of one process without virtual time passing. Beyond: the process is reported as a busy
/// loop and waits one second.
pub const BUSY_TURNS_MAX: u32 = 10_000;

/// One shell word after expansion, or one variable, bytes. Beyond: the shell reports it cannot
/// allocate.
pub const WORD_BYTES_MAX: usize = 1024 * 1024;

/// What a program that reads lines keeps in memory, bytes. Beyond: it says that its memory is
/// exhausted.
pub const HELD_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Functions that a subshell is within times how deep a subshell it is, which is twice what the
/// shells around it keep as well. Beyond: fork fails with EAGAIN.
pub const SUBSHELL_CALLS_MAX: u64 = 1_000_000;

/// Frames on one shell's stack. Beyond: the shell ends as bash does when its stack overflows.
pub const SHELL_FRAMES_MAX: usize = 4_096;

/// Bytes of real content in one file or stream. Larger sizes are kept as holes. Beyond: the write
/// fails with EFBIG, and so does what unpacks to more.
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

/// How deep views may lie in views. Chosen. Beyond: an error of ours, never the stack.
pub const VIEW_DEPTH_MAX: u8 = 16;

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

/// Steps of looking for one shell pattern, places in the text that one element is tried at. Beyond:
/// it does not match.
pub const PATTERN_STEPS_MAX: u32 = 50_000_000;

/// How deep `@(…)` and its kind are understood within each other. Beyond: they stand for
/// themselves.
pub const PATTERN_DEPTH_MAX: u32 = 100;

/// Words that the braces of one word may make; a learner writes a few. Beyond: the word is left as
/// it is.
pub const BRACE_WORDS_MAX: usize = 16_384;

/// Names that one pattern may give, as the model's directories are small. Beyond: the rest is left
/// out.
pub const GLOB_NAMES_MAX: usize = 10_000;

/// Words within words (`${a:-${b:-…}}`), each a call on the host's stack. Beyond: the command
/// fails and says so.
pub const WORD_DEPTH_MAX: u32 = 64;

/// Variables whose values are expressions, whose variables … Bash's own bound is 1,024; the host's
/// stack bounds ours. Beyond: bash's "expression recursion level exceeded".
pub const ARITH_DEPTH_MAX: u32 = 48;

/// Parts of an arithmetic expression within each other, and names in a row that it looks past.
/// Beyond: bash's "expression recursion level exceeded", or the names are looked at one by one.
pub const ARITH_NESTED_MAX: u32 = 64;

/// Commands within commands of a script, each some calls on the host's stack. Beyond: a Diagnostic
/// there, and nothing of it is read.
pub const SCRIPT_DEPTH_MAX: u32 = 60;

/// How often the rest of a script is read again because `alias` or `shopt` changed how it reads.
/// Beyond: the rest stays as it was read last.
pub const SCRIPT_READINGS_MAX: u32 = 200;

/// Steps of a shell nobody can see within one turn, so that no script keeps the page busy. Beyond:
/// the turn ends, and the next goes on.
pub const SHELL_QUIET_STEPS_MAX: u32 = 1_000;

/// Directories on a shell's stack (`pushd`). Beyond: the oldest are forgotten.
pub const SHELL_DIRS_MAX: usize = 1_000;

/// Forks times places that one walk for a regular expression's groups may remember, bits: 16 MiB.
/// Beyond: the search fails for want of memory, as glibc's may.
pub const REGEX_MEMORY_BITS_MAX: usize = 1 << 27;

/// Work of one search, in instructions looked at: some tenths of a second. Beyond: the search
/// fails for want of memory.
pub const REGEX_WORK_MAX: u64 = 50_000_000;

/// Forks of one search with back references, which are exponential by nature. Beyond: the search
/// fails for want of memory.
pub const REGEX_FORKS_MAX: u32 = 400_000;

/// Groups and stacked repetitions within each other. glibc is bounded by its stack. Beyond: the
/// pattern is refused for want of memory.
pub const REGEX_DEPTH_MAX: u32 = 200;

/// `a{n}`: glibc's `RE_DUP_MAX`. Beyond: "Regular expression too big", as glibc says.
pub const REGEX_REPEAT_MAX: u32 = 0x7fff;

/// Instructions of one pattern; `(a{1,255}){1,255}` would need 65,000. Beyond: "Regular expression
/// too big".
pub const REGEX_INSTRUCTIONS_MAX: usize = 100_000;

/// Symbolic links that one path may lead through. Linux: 40. Beyond: ELOOP.
pub const LINKS_MAX: u32 = 40;

/// Connections a listening ncat serves at a time (`DEFAULT_MAX_CONNS`). Beyond: more wait in the
/// backlog.
pub const NCAT_CONNECTIONS_MAX: u64 = 100;

/// Bytes that od and hexdump show; nobody reads more. Beyond: the dump ends there.
pub const DUMP_BYTES_MAX: u64 = 1_048_576;

/// Bytes of a hole that one checksum takes in. Beyond: it counts as if it were this long, as
/// nobody can compare it with anything.
pub const DIGEST_HOLE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Instructions of one awk program: far more than a script's 64 KiB make. Beyond: it is refused as
/// too big.
pub const AWK_OPS_MAX: usize = 100_000;

/// Expressions and statements of an awk program within each other, each a call on the host's
/// stack. Beyond: a syntax error.
pub const AWK_DEPTH_MAX: u32 = 100;

/// Operators of one awk program that may hold each other on the host's stack. Beyond: it is
/// refused as too large.
pub const AWK_OPERATORS_MAX: u32 = 1_000;

/// Calls within calls of an awk program. Beyond: the program is ended.
pub const AWK_FRAMES_MAX: usize = 1_000;

/// The highest field of an awk record. Beyond: the program is ended.
pub const AWK_FIELDS_MAX: i64 = 100_000;

/// Instructions of an awk program within one turn. Beyond: the turn ends, and the next goes on.
pub const AWK_OPS_PER_STEP: u32 = 50_000;

/// How often printf uses its format again for more arguments. Beyond: it ends.
pub const PRINTF_ROUNDS_MAX: u32 = 100_000;

/// Commands of a sed script within one turn. Beyond: the turn ends, and the next goes on.
pub const SED_COMMANDS_PER_STEP: u32 = 10_000;

/// Bytes of sed's pattern or hold space. Beyond: sed has no memory left, and ends.
pub const SED_SPACE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Arguments of one command of xargs, bytes. GNU xargs: 128 KiB. Beyond: another command gets the
/// rest.
pub const XARGS_COMMAND_BYTES_MAX: usize = 131_072;

/// Numbers that one seq prints; the pipe's reader would have cut it long before. Beyond: it ends.
pub const SEQ_COUNT_MAX: u64 = 1_000_000;

/// Parentheses and unary words of expr within each other. Beyond: a syntax error.
pub const EXPR_DEPTH_MAX: u32 = 200;

/// Directories within each other that tar packs. Beyond: they are left out.
pub const TAR_DEPTH_MAX: u32 = 100;

/// Parentheses of find's expression within each other. Beyond: it is refused.
pub const FIND_DEPTH_MAX: u32 = 100;

/// Words of find's command line. Beyond: it is refused before it is read.
pub const FIND_WORDS_MAX: usize = 500;

/// Files that the mysql client's `source` may have open in each other: what a process may have
/// open, less its own five. Beyond: error 24, as with the real one.
pub const SOURCES_MAX: usize = 1_019;

/// Comparisons of rows made to foresee the order of a semi-join. Chosen, to bound the work. Beyond:
/// rows come as if the subquery were no part of the join.
pub const SEMIJOIN_COMPARISONS_MAX: usize = 1_000_000;

/// Bytes of a line that one turn of `read` takes. Chosen: a line is read in few turns. Beyond: the
/// next turn goes on.
pub const READ_TURN_BYTES_MAX: usize = 16_384;

/// Columns of one printf conversion. Beyond: the width counts as this.
pub const CONVERSION_WIDTH_MAX: u32 = 4_096;

/// Characters of a result's heading (`MAX_ALIAS_NAME` of sql_const.h). Beyond: it is cut.
pub const HEADING_CHARS_MAX: usize = 256;

/// Virtual time a command of a session file gets to end by itself, milliseconds; a loop never does.
/// Beyond: the next entry is due.
pub const COMMAND_MS_MAX: u64 = 600_000;

/// Causes walked back from a server's answer to find the client that asked; a query is a few steps
/// long. Beyond: no client is named.
pub const CAUSES_MAX: u32 = 16;

/// Pods of which pairs are offered as targets of a fault: more would make a list nobody reads.
/// Beyond: the pairs of later pods are not offered, but a session file may name them.
pub const PAIRED_PODS_MAX: usize = 12;

/// Elements of one array of a script. Chosen, to bound memory. Beyond: they are not kept.
pub const ARRAY_ELEMENTS_MAX: usize = 65_536;

/// Commands that a shell at a terminal remembers: HISTSIZE's 500. Beyond: the oldest is forgotten.
pub const HISTORY_LINES_MAX: usize = 500;

/// Causes kept of one step. Chosen: a reader follows one, and wants the newest. Beyond: the first
/// stays, and the newest.
pub const STEP_CAUSES_MAX: usize = 4;
