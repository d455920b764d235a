//! What scripts of images and of learners have beyond the grammar's plain statements: arrays of
//! both kinds, process substitutions, descriptors, traps, jobs, option loops.

use super::Maker;
use crate::chooser::Chooser;

impl Maker {
    /// A statement of its own kind.
    pub(super) fn wide(&mut self) -> String {
        if self.posix || self.once_in(5) {
            return self.wide_posix();
        }
        let kinds = if self.more { 24 } else { 14 };
        match self.below(kinds) {
            14.. => self.more(),
            12 => self.statuses(),
            13 => self.documents(),
            0 => self.arrays(),
            1 => self.maps(),
            2 => self.streams(),
            3 => self.descriptors(),
            4 => self.matched(),
            5 => self.locals(),
            6 => self.splits(),
            7 => self.jobs(),
            8 => self.traps(),
            9 => self.strings(),
            10 => self.aliased(),
            _ => self.options(),
        }
    }

    fn wide_posix(&mut self) -> String {
        let (word, words) = (self.word(), self.words());
        match self.below(10) {
            0 => format!("set -- {words}; while [ $# -gt 0 ]; do echo \"$#:$1\"; shift; done"),
            1 => format!("set -- {words}; for i; do printf '[%s]' \"$i\"; done; echo"),
            2 => format!("exec 3>f7; echo {word} >&3; exec 3>&-; cat f7"),
            3 => format!("exec 4<f1; read x v <&4; exec 4<&-; echo \"$x\" {word}"),
            4 => format!("{{ echo {word}; echo e >&2; }} 2>&1 | sed 's/^/: /'"),
            5 => format!("x=$(echo {word} 2>&1; exit 3); echo \"$? $x\""),
            6 => format!("(exit 5) & wait $!; echo $? {word}"),
            7 => format!("echo {words} | while read -r x v; do echo \"$v<$x\"; done"),
            8 => format!("alias q0='echo q'; q0 {word}\nq0 {word}\nunalias q0"),
            _ => format!("v={word} x=~/y:~; export v; echo \"$v\" $x; unset v"),
        }
    }

    fn arrays(&mut self) -> String {
        let (word, words) = (self.word(), self.words());
        let show = self.pick(&[
            "declare -p arr",
            "echo \"${#arr[@]}\" \"${arr[@]}\"",
            "echo \"${!arr[@]}\"",
            "printf '<%s>' \"${arr[@]}\"; echo",
            "echo \"${arr[*]:1:2}\" ${arr[@]: -1}",
            "echo \"${arr[@]/#/p}\" \"${arr[@]%?}\" ${arr[@]^}",
            "for i in \"${!arr[@]}\"; do echo \"$i=${arr[i]}\"; done",
            "unset 'arr[0]' 'arr[-1]'; declare -p arr",
            "set -- \"${arr[@]}\"; echo \"$# $*\"",
            "echo \"${arr[@]@Q}\" \"${arr[0]:-d}\" ${arr[9]-n}",
        ]);
        let make = match self.below(6) {
            0 => format!("arr+=({words})"),
            1 => format!("arr[{}]={word}", self.pick(&["0", "n", "7", "-1", "1+1"])),
            2 => format!("arr[1]+={word}"),
            3 => format!("arr=([2]={word} {words} [0]=z)"),
            4 => format!("declare -a arr=({words})"),
            _ => format!("arr=({words})"),
        };
        format!("{make}; {show}")
    }

    fn maps(&mut self) -> String {
        let (word, other) = (self.word(), self.word());
        let make = match self.below(4) {
            0 => format!("declare -A m=([one]={word} [two]={other})"),
            1 => format!("declare -A m; m[$a]={word}; m[\"$b\"]={other}"),
            2 => format!("declare -A m=([x y]={word}); m+=([z]={other})"),
            _ => format!("declare -A m=(k {word} l {other})"),
        };
        let show = self.pick(&[
            "declare -p m",
            "for i in \"${!m[@]}\"; do echo \"$i=${m[$i]}\"; done",
            "echo ${#m[@]} \"${m[one]-none}\" \"${m[@]}\"",
            "unset 'm[one]'; echo \"${!m[@]}\"",
            "(( m[n]++, m[n] += 2 )); echo \"${m[n]}\"",
            "[[ -v m[one] ]] && echo has; echo ${m[two]:+alt} ${m[$a]#f}",
        ]);
        format!("unset m; {make}; {show}")
    }

    fn streams(&mut self) -> String {
        let (word, words) = (self.word(), self.words());
        match self.below(8) {
            0 => format!("cat <(echo {words})"),
            1 => format!("while read -r x; do echo \"[$x]\"; done < <(printf '%s\\n' {words})"),
            2 => format!("mapfile -t arr < <(printf '%s\\n' {words}); declare -p arr"),
            3 => format!("cat <<<{word}"),
            4 => format!("read -r x v <<<{word}; echo \"$v|$x\""),
            5 => format!(". <(echo 'echo \"s $1\"; return 2') {word}; echo $?"),
            6 => format!("IFS= read -r -d '' x < <(printf '%s\\0' {words}); echo \"$x\""),
            _ => format!("paste -d: <(echo {word}) <(echo b)"),
        }
    }

    fn descriptors(&mut self) -> String {
        let word = self.word();
        match self.below(6) {
            0 => format!("exec 5>&1; echo {word} >&5; exec 5>&-"),
            1 => format!("exec {{fd}}>f7; echo {word} >&$fd; exec {{fd}}>&-; cat f7"),
            2 => format!("{{ echo {word}; echo e >&2; }} 3>&1 1>&2 2>&3 | cat"),
            3 => format!("exec 6<<<{word}; cat <&6; exec 6<&-"),
            4 => "echo x >&7; cat <&8; echo $?".to_string(),
            _ => format!("echo {word} &>f7; cat f7; echo b &>>f7; wc -l <f7"),
        }
    }

    fn matched(&mut self) -> String {
        let word = self.word();
        let regex = self.pick(&[
            "^(.*)-([0-9]+)$",
            "([a-z]*)([0-9]*)",
            "(o+)|(x)",
            "^[[:space:]]*(.*)$",
            "$re",
            "(a|ab)(c|bcd)?",
        ]);
        format!(
            "re='(.)(.)$'; if [[ {word} =~ {regex} ]]; then \
             echo \"${{#BASH_REMATCH[@]}} ${{BASH_REMATCH[*]}}\"; else echo no $?; fi"
        )
    }

    fn locals(&mut self) -> String {
        let (word, words) = (self.word(), self.words());
        let body = self.pick(&[
            "local x=in; h; echo \"$x\"",
            "local -a l=(\"$@\"); echo \"${#l[@]}\"; l+=(z); declare -p l",
            "local -i i=$#+1; echo $i",
            "local -n r=$1; r=set; echo \"${!r}\"",
            "local -r k=v; k=2; echo after",
            "local IFS=:; echo \"$*\"",
            "local -A t=([k]=\"$1\"); echo \"${t[k]}\"",
            "declare -g x=global; local x; echo \"[$x]\"",
            "shift; echo \"$# $@\"; return $#",
            "local opt OPTIND; while getopts ab: opt; do echo \"$opt ${OPTARG-}\"; done",
            "set -- new \"$@\"; echo \"$1 $#\"",
            "echo \"${FUNCNAME[@]}\" \"${BASH_LINENO[0]}\"",
        ]);
        let first = if body.contains("-n r") { "x".to_string() } else { word };
        format!("h() {{ x=h; }}; g() {{ {body}; }}\nx=out; g {first} {words}; echo \"$? $x\"")
    }

    fn splits(&mut self) -> String {
        let word = self.word();
        let ifs = self.pick(&[":", "' '", ",", "$'\\n'", "''", "': '", "x", "$' \\t\\n'", "o"]);
        match self.below(5) {
            0 => format!("IFS={ifs} read -ra arr <<<{word}; declare -p arr"),
            1 => format!("IFS={ifs}; for i in $b $a:$n; do echo \"<$i>\"; done; unset IFS"),
            2 => format!("IFS={ifs}; x=\"$*\" v=$*; echo \"$x|$v\" $*; unset IFS"),
            3 => format!("IFS={ifs}; set -- {word} $b; echo \"$#\"; unset IFS"),
            _ => format!("IFS={ifs}; echo \"${{arr[*]}}\" ${{arr[*]}}; unset IFS"),
        }
    }

    fn jobs(&mut self) -> String {
        self.pick(&[
            "(exit 3) & p=$!; wait $p; echo $?",
            "for i in 1 2; do (exit $i) & done; wait; echo $?",
            "(exit 2) & wait -n; echo $?",
            "true & wait %1; echo $?",
            "{ echo bg; } & wait; jobs",
            "pids=(); for i in 3 4; do (exit $i) & pids+=($!); done\n\
             for i in \"${pids[@]}\"; do wait \"$i\" || echo \"rc $?\"; done",
            "(trap 'echo t; exit 4' TERM; kill $BASHPID; echo no); echo $?",
            "shopt -s lastpipe; echo a b | read x v; echo \"$v$x\"; shopt -u lastpipe",
            "! (exit 3) | cat; echo \"$? ${PIPESTATUS[@]}\"",
        ])
    }

    /// The last status, as what runs next sees it.
    fn statuses(&mut self) -> String {
        let word = self.word();
        let what = self.pick(&[
            "case W in x) echo $?;; *) echo $?; (exit 4);; esac; echo $?",
            "case W in W) ;; esac; echo $?",
            "case W in x) echo $? ;& W) echo $? ;;& *) echo $?; esac",
            "eval 'echo $?; (exit 5)'; echo $?",
            "eval 'case $? in 3) echo three $?; esac'; echo $?",
            ". <(echo 'echo $?; return 6'); echo $?",
            "f9() { echo $?; return; }; f9; echo $?",
            "if echo $?; then echo $?; fi",
            "for i in W; do echo $?; (exit 2); done; echo $?",
            "while [ $? -eq 3 ]; do echo in; done; echo $?",
            "x=$? v=$(echo $?; exit 8) c=$?; echo $x $v $c $?",
            "x=$?; echo $x $?",
            "local x 2>/dev/null || echo $?",
            "{ echo $?; } 2>&1; (echo $?; exit 7) || echo $?",
            "trap 'echo t $?; (exit 9)' USR2; kill -USR2 $BASHPID; echo $?; trap - USR2",
            "cat <<E$?\n$? W\nE$?",
            "(trap 'echo bye $?' EXIT; eval 'exit')",
            "! true | (exit 4); echo $?",
            "set -- $?; echo $1 $?",
            "[[ $? -eq 3 ]] && echo yes; (( $? )) || echo $?",
        ]);
        format!("(exit 3); {}", what.replace('W', &word))
    }

    /// Here-documents beside and within what else may stand on a line.
    fn documents(&mut self) -> String {
        let (word, other) = (self.word(), self.word());
        let what = self.pick(&[
            "cat <<A; echo $(cat <<B\nin W\nB\n)\nout V\nA",
            "cat <<A <<B - \"x\ny\" 2>/dev/null\nW\nA\nV\nB",
            "x=$(cat <<A\nW\nA\n) v=$(cat <<'A' | tr a b\nV\nA\n); echo \"$x|$v\"",
            "if cat <<A; then cat <<-B; fi\nW\nA\n\tV\n\tB",
            "f9() { cat <<A; }\n$1 W\nA\nf9 V",
            "cat <<A | while read -r x; do echo \"[$x]\"; done\nW\n  V\nA",
            "cat <<A && nosuch <<B || echo $?\nW \\\nV\nA\nB",
            "for i in 1 2; do cat <<A\n$i W\nA\ndone",
            "{ cat; cat <<A; } <<B\nW\nA\nV\nB",
            "x=$(\nnosuch1\ny=$(nosuch2\nnosuch3)\necho \"W\n$(nosuch4)\"\nnosuch5\n)",
            "declare -f f0; f9() { cat <<A | sort; echo V; }\nW\nA\ndeclare -f f9; f9",
        ]);
        what.replace('W', &word).replace('V', &other)
    }

    fn traps(&mut self) -> String {
        self.pick(&[
            "f9() { false; }; trap 'echo err $?' ERR; f9; false; trap - ERR",
            "set -E; f9() { false; echo in; }; trap 'echo E' ERR; f9; set +E; trap - ERR",
            "(trap 'echo bye $?' EXIT; exit 3); echo $?",
            "(set -e; trap 'echo x' EXIT; false; echo no); echo $?",
            "trap 'echo a' USR1 USR2; trap -p USR1; trap - USR1 USR2",
            "trap 'echo in trap; (exit 9)' USR1; kill -USR1 $BASHPID; echo $?; trap - USR1",
            "(set -e; f9() { false; echo cont; }; f9 || echo or; f9; echo no); echo $?",
            "x=$(trap 'echo bye' EXIT; echo hi); echo \"$x\"",
        ])
    }

    fn strings(&mut self) -> String {
        let name = self.name();
        let word = self.word();
        let how = self.pick(&[
            "${X//[aeiou]/_}",
            "${X/#f/<&>}",
            "${X//o/\\&}",
            "${X:1:2}${X: -1}",
            "${X%%[[:space:]]*}|${X##* }",
            "${X^^}${X,,[A-M]}${X~}",
            "${X@Q}${X@U}",
            "${X:+\"${X}y\"}",
            "${X:-$(echo sub)}",
            "${#X}${X//?/.}",
        ]);
        let how = how.replace('X', &name);
        format!("{name}={word}; echo \"{how}\" {how}; printf -v x '%5s|%-5s' {word} b; echo \"$x\"")
    }

    fn aliased(&mut self) -> String {
        let word = self.word();
        format!(
            "shopt -s expand_aliases\nalias q1='echo one ' q2='two' q3='if true; then'\n\
             q1 q2 {word}\nq3 q1 $i; fi\nif q1 x; then q1 y; fi\nunalias q1 q2 q3"
        )
    }

    fn options(&mut self) -> String {
        let word = self.word();
        match self.below(6) {
            0 => format!("PS4='+$LINENO> '; set -x; echo {word}; {{ set +x; }} 2>/dev/null"),
            1 => format!("set -f; echo * {word}; set +f; echo f*"),
            2 => format!("set -C; echo {word} >f1; echo y >|f8; set +C; cat f8"),
            3 => format!("set -a; V9={word}; set +a; env | grep V9; unset V9"),
            4 => "shopt -s nocasematch; [[ FOO == foo ]] && echo m; shopt -u nocasematch".into(),
            _ => "shopt -s dotglob; : >.h; echo *; shopt -u dotglob; rm .h".into(),
        }
    }
}
