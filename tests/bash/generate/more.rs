//! Scripts' rarer means, each as a line or two with words of the grammar in it.

use super::Maker;
use crate::chooser::Chooser;

/// `printf`, with what it does to right and wrong arguments. Times are fixed ones.
const FORMATS: [&str; 12] = [
    "printf '%s|%b|%q|%c\\n' WORD WORD WORD WORD",
    "printf '%d %i %u %o %x %X %#x %#o\\n' NUM NUM NUM NUM NUM NUM NUM NUM",
    "printf '[%5s][%-5s][%.2s][%5.1s][%05d][%+d][% d]\\n' WORD WORD WORD WORD NUM NUM NUM",
    "printf '%e %f %g %E %G %.2f %10.3e|%-10g|\\n' NUM NUM NUM NUM NUM NUM NUM NUM",
    "printf '%*d|%-*d|%.*s|%*s\\n' 6 NUM 6 NUM 2 WORD -5 WORD",
    "printf -v x '%s-%s' WORD WORD; echo \"$x\"",
    "printf -v 'arr[2]' %q WORD; declare -p arr",
    "TZ=UTC printf '%(%Y-%m-%d %H:%M:%S %j %a %b %y %e %I %p %s %%)T\\n' 86399",
    "TZ=UTC printf '%(%F %T)T|%(%D)T|%(%R)T\\n' 0 951782400 1700000000",
    "printf '%s %s\\n' WORD WORD WORD",
    "printf '\\101\\x41\\u41\\t%b\\n' 'a\\tb\\0101\\x41\\cno' WORD",
    "printf '%d\\n' \"'a\" '\"b' 0x1F 010 -7 NUM; printf '%5c|%-3c|\\n' WORD WORD",
];

/// `read` and `mapfile`.
const READS: [&str; 14] = [
    "read -r -d : x v <<<WORD:WORD; echo \"$?|$x|$v\"",
    "read -n 3 x <<<WORD; echo \"$?|$x\"",
    "read -N 4 x v <<<WORD; echo \"$?|$x|$v\"",
    "IFS=: read -r x v <<<WORD:WORD:c; echo \"$x|$v\"",
    "IFS=': ' read -ra arr <<<\" WORD: b :c\"; declare -p arr",
    "read -p 'ask ' -r x <<<WORD; echo \"$x\"",
    "read -t 0 -u 0 <f1; echo $?",
    "while IFS=' ' read -r x v; do echo \"$v,$x\"; done <f1",
    "read x; read -r v; echo \"$x|$v\"; read u; echo $?",
    "{ read -r x; read -r -n 2 v; read u; } <f1; echo \"$x|$v|$u\"",
    "mapfile -t -n 2 -s 1 arr <f1; declare -p arr",
    "mapfile -d ' ' arr <<<WORD; declare -p arr",
    "mapfile -t -O 3 -C 'echo cb' -c 1 arr <f1; declare -p arr",
    "read -r -a arr -d '' <<<\"WORD b\"; echo $? \"${arr[@]}\" ${#arr[@]}",
];

/// Arrays with holes, of both kinds.
const ARRAYS: [&str; 18] = [
    "arr=(WORD b WORD); echo \"${arr[@]:1:2}\" ${arr[@]: -2:1} \"${arr[*]:0}\" ${arr[@]:5}",
    "arr=([3]=WORD [7]=b); echo ${!arr[@]} ${#arr[@]} ${#arr[3]}; arr+=(c); declare -p arr",
    "arr=(a b c WORD); unset 'arr[1]'; echo \"${!arr[@]}\" \"${arr[@]/a/PAT}\" ${arr[-1]}",
    "arr=(x WORD); echo \"${arr[@]#PAT}\" \"${arr[@]%%PAT}\" \"${arr[@]//PAT/_}\" \"${arr[*]^}\"",
    "arr=(WORD WORD); arr[1]+=z; arr+=([5]=y); declare -p arr; unset arr; declare -p arr",
    "declare -A m=([a b]=WORD [c]=WORD); echo \"${m[a b]}\" ${#m[@]}; unset 'm[c]'; declare -p m",
    "declare -A m; m[WORD]=1; m[x]+=2; [[ -v m[x] ]]; echo $? \"${m[@]}\"; unset m",
    "declare -A m=([k]=v); for x in \"${!m[@]}\"; do echo \"$x=${m[$x]}\"; done; unset m",
    "declare -a arr; arr[ARITH]=WORD; declare -p arr",
    "arr=({a..c} {1..5..2}); echo \"${arr[@]@Q}\" ${arr[@]:1:3}; set -- \"${arr[@]:2}\"; echo $#",
    "arr=(1 2 3); ((arr[1]+=5, arr[n]++)); echo ${arr[@]}; echo $((arr[0]+arr[1]*2))",
    "arr=(WORD); echo ${arr[@]+set} ${arr[5]-unset} \"${arr[@]:-none}\" ${arr[@]:+alt}",
    "arr=(a b); x=(\"${arr[@]}\" WORD); echo ${#x[@]}; unset x; arr=(); echo \
     ${#arr[@]}${arr[0]-no}",
    "arr=(a 'b c'); echo \"${arr[@]@A}\" \"${arr[@]@K}\" ${arr[@]@k} ${arr@a}",
    "arr=(z y x); for x in ${!arr[@]}; do echo $x ${arr[x]}; done; echo ${arr[@]: -1}${arr: -1}",
    "declare -n r9=arr; arr=(p q); r9[1]=WORD; r9+=(s); declare -p arr r9; unset -n r9",
    "f9() { local -a arr=(\"$@\"); arr[3]=x; echo \"${arr[*]}\" ${#arr[@]}; }; f9 WORD WORD",
    "IFS=,; arr=(a WORD c); echo \"${arr[*]}\" ${arr[*]} \"$*\"; unset IFS",
];

/// What `declare` gives variables.
const ATTRIBUTES: [&str; 12] = [
    "declare -i i9=2+3; i9+=4; echo $i9; i9=WORD; echo $i9; declare -p i9; unset i9",
    "declare -l l9=WORD; echo \"$l9\"; l9+=ABC; declare -p l9; unset l9",
    "declare -u u9=WORD; echo \"$u9\"; declare +u u9; u9=abc; declare -p u9; unset u9",
    "declare -x x9=WORD; env | grep ^x9; declare +x x9; declare -p x9; unset x9",
    "declare -r r8=WORD; r8=2; echo after $?; unset r8; declare -p r8",
    "f9() { declare -g g9=WORD; local -x y9=1; declare -p g9 y9; }; f9; declare -p y9; unset g9",
    "x9=WORD; f9() { local x9; echo \"[$x9]\"; x9=in; unset x9; echo \"[$x9]\"; }; f9; echo \
     \"$x9\"",
    "f9() { local -; set -f; echo *; shopt -s nullglob; }; f9; echo f*; shopt -u nullglob",
    "declare -c c9=WORD; echo \"$c9\"; declare -ai a9=(1+1 WORD); declare -p a9; unset a9",
    "declare -n n9=a; n9=WORD; echo \"$a ${!n9}\"; unset -n n9; a=foo",
    "f9() { local -n o9=$1; o9=WORD; }; f9 x; echo \"$x\"; f9 v; declare -p v x",
    "typeset -i j9; j9=ARITH; echo $j9; declare -p j9; unset j9",
];

/// Patterns, `[[`, `case`.
const MATCHES: [&str; 14] = [
    "shopt -s extglob\nx=WORD; echo \"${x##+(PAT)}\" \"${x//@(a|f)/_}\" \"${x%%*(o)}\"\nshopt \
     -u extglob",
    "shopt -s extglob\ncase WORD in !(f*)) echo no;; ?(f)oo|+([0-9])) echo yes;; esac",
    "[[ WORD == PAT ]]; echo $?; [[ WORD != PAT && -n WORD ]]; echo $?",
    "[[ WORD =~ ^(.)(.*)$ ]] && declare -p BASH_REMATCH; echo $?",
    "re='([a-z]+)([0-9]*)'; [[ WORD =~ $re ]]; echo $? \"${BASH_REMATCH[@]}\" ${#BASH_REMATCH[@]}",
    "[[ WORD < WORD || ! WORD > WORD ]]; echo $?; [[ (NUM -lt NUM) && NUM -ne NUM ]]; echo $?",
    "case WORD in PAT) echo 1 ;& PAT) echo 2 ;;& *) echo 3 ;; esac",
    "case WORD in (PAT|PAT) echo one;;& [a-f]*) echo two;; *) echo none; esac",
    "shopt -s nocasematch; case FOO in foo) echo m;; esac; [[ aB == Ab ]]; echo $?; shopt -u \
     nocasematch",
    "shopt -s nullglob; echo no*such f* PAT; shopt -u nullglob",
    "shopt -s failglob; echo no*such; echo $?; shopt -u failglob",
    "shopt -s dotglob globstar; echo ** d1/*; shopt -u dotglob globstar",
    "echo {a,b}{1..3} {5..1..2} {a..e..2} {01..10..3} x{WORD,WORD}y {-2..2} {a..C}",
    "GLOBIGNORE='f*'; echo *; unset GLOBIGNORE; echo [!d]*",
];

/// Operators of `${…}`.
const OPERATORS: [&str; 12] = [
    "x=WORD; echo ${x@Q} \"${x@E}\" ${x@A} \"${x@U}\" \"${x@L}\" \"${x@u}\" \"${x@P}\" \
     \"${x@K}\" ${x@k}",
    "x=WORD; echo \"${x^}\" \"${x^^PAT}\" \"${x,}\" \"${x,,PAT}\" \"${x~~}\"",
    "x=WORD; echo \"${x:1}\" \"${x:0:2}\" \"${x: -2}\" \"${x:1:-1}\" ${#x}",
    "x=WORD; echo \"${x/PAT/<&>}\" \"${x//PAT}\" \"${x/#PAT/_}\" \"${x/%PAT/WORD}\"",
    "x=a; v=x; echo ${!v} \"${!x}\" ${!x@} ${!u*}; set -- WORD WORD; echo \"${!#}\" ${@:2} \
     ${*:1:1}",
    "echo ${u-WORD} ${u:-\"WORD\"} \"${a+WORD}\" ${c:+x} ${c+y}; echo ${u:=WORD}; echo \"$u\"; \
     unset u",
    "(echo ${u?WORD}); echo $?; (echo ${a?x} ${c:?WORD}); echo $?",
    "set -- WORD WORD c; echo \"${@/PAT/_}\" \"${*#?}\" ${@^^} \"${@: -1}\" \"${#@}\" \"${@@Q}\"",
    "x=WORD; echo \"${x#PAT}|${x##PAT}|${x%PAT}|${x%%PAT}\"",
    "set -- a WORD; IFS=-; echo \"$*\" $* \"$@\" ${*}; x=$* v=\"$@\"; unset IFS; echo \"$x|$v\"",
    "cat <<<\"WORD\"WORD; cat <<<$x$b; cat <<< 'a'\"$n\"",
    "x='a\\tb\"$n`'; echo \"${x@Q}\" \"${x@E}\"; printf '%q\\n' \"$x\"; v=$'q\\n'; echo \
     \"${v@Q}\" ${v@A}",
];

/// Numbers.
const NUMBERS: [&str; 10] = [
    "echo $((16#fF + 2#101 + 36#z + 64#_)) $((010 + 0x1f))",
    "echo $((ARITH)) $((n ? ARITH : 0)) $((x = ARITH, x + 1))",
    "echo $((2**10 - 3**2)) $((1 << 3 | 5 >> 1)) $((-7 / 2)) $((-7 % 3)) $((7 ^ 2 & 6))",
    "echo $((9223372036854775807 + 1)) $((1 << 63)) $((-9223372036854775808 - 1)) $((1<<64))",
    "x=5; echo $((x++ + ++x)) $x $((x-- - --x)) $x; ((x += 3, x *= 2)); echo $x",
    "((ARITH)) && echo yes || echo no; let 'x = ARITH' 'v=x+1'; echo \"$? $x $v\"",
    "x=v v=3; echo $((x + 1)) $((x++)) \"$x\" $((!x || ~x))",
    "for ((x = 0; x < 3; x++)); do ((x == 1)) && continue; echo $x; done; echo $((x,n))",
    "echo $[1 + n] $((n > 2 && n < 5 ? 10 : 20)) $(( (n+1) * -n ))",
    "x=$((ARITH)) || echo failed $?; echo \"[$x]\"",
];

/// Traps that run where only one outcome is possible.
const TRAPS: [&str; 14] = [
    "trap 'echo dbg' DEBUG; echo WORD; trap - DEBUG",
    "trap 'echo err $? $LINENO' ERR; false; (exit 3); f9() { false; }; f9; trap - ERR",
    "trap 'echo ret $?' RETURN; f9() { return 3; }; f9; . ./f3 2>/dev/null; trap - RETURN",
    "set -T; trap 'echo D' DEBUG; f9() { :; }; f9; trap - DEBUG; set +T",
    "(trap 'echo bye $?; exit 4' EXIT; exit 3); echo $?",
    "(trap 'echo usr WORD; (exit 7)' USR1; kill -s USR1 $BASHPID; echo $?)",
    "(trap '' TERM; kill -s TERM $BASHPID; echo alive; trap - TERM; kill -s TERM $BASHPID; \
     echo no); echo $?",
    "trap 'echo a' USR1 USR2 HUP; trap -p USR1 HUP; trap; trap - USR1 USR2 HUP; trap -p",
    "f9() { trap 'echo fexit' EXIT; echo in; }; (f9); echo out; x=$(f9); echo \"$x\"",
    "(set -E; trap 'echo E $?' ERR; f9() { false; :; }; f9; x=$(false); echo \"[$x]\")",
    "(set -e; trap 'echo bye $?' EXIT; trap 'echo err' ERR; { false; echo WORD; } || echo or; \
     false)",
    "trap 'echo $BASH_COMMAND' DEBUG; x=WORD; [[ -n $x ]]; ((1)); trap - DEBUG",
    "(trap 'echo one' EXIT; trap 'echo two' EXIT; eval 'trap'; exit)",
    "trap 'echo u1; kill -s USR2 $BASHPID; echo u1 end' USR1; trap 'echo u2' USR2; \
     (kill -s USR1 $BASHPID) ; echo $?; trap - USR1 USR2",
];

/// Options, traces and `select`.
const MODES: [&str; 14] = [
    "PS4='[$LINENO] '; set -x; echo WORD 'a b' $'t\\t' \"it's\" '' '*' \\~ ; { set +x; } \
     2>/dev/null",
    "set -x; x=WORD v=(1 WORD) ; arr[1]=WORD; [[ WORD == PAT ]]; ((n + 1)); { set +x; } 2>&-",
    "PS4='+$(echo p) '; set -x; case WORD in PAT) :;; esac; for i in WORD; do :; done; set +x",
    "set -v\necho WORD\nset +v",
    "select i in WORD WORD; do echo \"$REPLY:$i\"; break; done <<<2",
    "select i in a b; do echo \"[$i]\"; [ \"$i\" ] && break; done <<<$'9\\nx\\n1'",
    "shopt -s lastpipe; echo WORD | read x; echo \"$x\"; printf '%s\\n' a b | mapfile -t arr; \
     echo ${#arr[@]}; shopt -u lastpipe",
    "(shopt -s inherit_errexit; set -e; x=$(false; echo no); echo after); echo $?",
    "(set -e; x=$(false; echo yes); echo \"$x\"; if false; then :; fi; ! true; false || :; \
     echo end)",
    "(set -u; echo ${u-d}; echo \"$@\"; echo $u; echo no); echo $?",
    "(set -o pipefail; false | true; echo $?; true | false | true; echo \"$? ${PIPESTATUS[*]}\")",
    "shopt -s xpg_echo; echo 'a\\tb' WORD; shopt -u xpg_echo; shopt -p nullglob extglob",
    "set -o | grep -c on >/dev/null; echo $-",
    "OPTIND=1; set -- -a WORD -b -c x; while getopts :ab:c: o; do echo \"$o ${OPTARG-} \
     $OPTIND\"; done",
];

impl Maker {
    /// A line of the rarer means of bash.
    pub(super) fn more(&mut self) -> String {
        let tables: [&[&str]; 9] = [
            &FORMATS,
            &READS,
            &ARRAYS,
            &ATTRIBUTES,
            &MATCHES,
            &OPERATORS,
            &NUMBERS,
            &TRAPS,
            &MODES,
        ];
        let table = tables[self.below(tables.len() as u64) as usize];
        let line = table[self.below(table.len() as u64) as usize].to_string();
        self.filled(&line)
    }

    /// A template with words, patterns, numbers and expressions in it.
    fn filled(&mut self, template: &str) -> String {
        let mut rest = template;
        let mut text = String::new();
        let holes = ["WORD", "PAT", "NUM", "ARITH"];
        loop {
            let next = holes.iter().filter_map(|hole| Some((rest.find(hole)?, *hole))).min();
            let Some((at, hole)) = next else { return text + rest };
            text += &rest[..at];
            text += &match hole {
                "WORD" => self.word(),
                "PAT" => self.pattern().replace(' ', "\\ "),
                "NUM" => self.pick(&["0", "-3", "42", "$n", "3.7", "1e3", "abc", "''", "08", "7x"]),
                _ => self.arith(),
            };
            rest = &rest[at + hole.len()..];
        }
    }
}
