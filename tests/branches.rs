//! Branches: what is done in the past leaves the run it came from alone, and a saved run plays
//! again to the same steps.

use ordinal::base::seed::Seed;
use ordinal::base::{BranchId, SimTime};
use ordinal::manifest::export::default_files;
use ordinal::player::{
    Cursor, Entered, Player, PlayerCommand, Progress, Rehearsal, ScriptEntry, Session, Turn, Wait,
    parse, saved,
};
use ordinal::sim::Intervention;
use ordinal::trace::fact::Fault;
use ordinal::world::terminal::ChunkKind;

const ROOT: BranchId = BranchId(0);

fn player() -> Player {
    let mut player = Player::new(Session { files: default_files(), seed: 1, lesson: true });
    while player.extend(64) == Progress::Growing {}
    player
}

fn settle(player: &mut Player) {
    while player.extend(64) == Progress::Growing {}
    player.command(PlayerCommand::ToEnd);
}

fn seek(player: &mut Player, branch: BranchId, index: u32) {
    player.command(PlayerCommand::Seek(Cursor { branch, index }));
}

/// What a terminal shows, as text.
fn screen(player: &Player, terminal: u32) -> String {
    let shown = player.screen(terminal).into_iter().map(|chunk| match chunk.kind {
        ChunkKind::Command => format!("$ {}\n", chunk.text),
        ChunkKind::Input => format!("> {}\n", chunk.text),
        ChunkKind::Output | ChunkKind::Errors => chunk.text,
    });
    shown.collect()
}

#[test]
fn what_only_looks_is_answered_for_that_moment_and_changes_nothing() {
    let mut player = player();
    let (len, end) = (player.len(), player.fingerprint());
    seek(&mut player, ROOT, 150);
    let looked = player.enter(1, "kubectl get pods");
    assert!(matches!(looked, Entered::Looked(_)), "{looked:?}");
    assert_eq!((player.len(), player.fingerprint()), (len, end));
    assert_eq!(player.history().branches().len(), 1);
    let pods = screen(&player, 1);
    assert!(pods.contains("mysql-1   0/2"), "{pods}");
    assert!(!pods.contains("mysql-2"), "{pods}");
    // Before that moment nothing was typed yet.
    seek(&mut player, ROOT, 149);
    assert_eq!(screen(&player, 1), "");
    assert_eq!(player.enter(1, "kubectl get pods <<EOF"), Entered::Incomplete);
}

#[test]
fn what_is_done_in_the_past_starts_a_branch_and_leaves_the_run_alone() {
    let mut player = player();
    let before: Vec<_> = (1..=player.len()).map(|at| player.step_at(at).cloned()).collect();
    seek(&mut player, ROOT, 210);
    let entered = player.enter(1, "kubectl scale statefulset mysql --replicas=2");
    assert_eq!(entered, Entered::Does(BranchId(1)));
    assert_eq!(player.cursor(), Cursor { branch: BranchId(1), index: 211 });
    settle(&mut player);
    assert_eq!(player.scene().sets[0].slots.len(), 2);
    assert_eq!(player.history().common(ROOT, BranchId(1)), 210);

    // A fault in the past of the branch: a branch of the branch.
    seek(&mut player, BranchId(1), 250);
    let crash = Fault::Crash("mysql-0".into(), "xtrabackup".into());
    assert_eq!(player.intervene(Intervention::Inject(crash)), BranchId(2));
    settle(&mut player);
    assert_eq!(player.history().common(ROOT, BranchId(2)), 210);
    assert_eq!(player.history().common(BranchId(1), BranchId(2)), 250);
    for branch in [BranchId(1), BranchId(2)] {
        for index in (211..=player.history().len(branch)).step_by(37) {
            let world = player.history().world_at(Cursor { branch, index });
            assert_eq!(world.steps(), index);
        }
    }

    // Undo goes back to where the branch was left, again and again.
    assert!(player.undo());
    assert_eq!(player.cursor(), Cursor { branch: BranchId(1), index: 250 });
    assert!(player.undo());
    assert_eq!(player.cursor(), Cursor { branch: ROOT, index: 210 });
    assert!(!player.undo());
    let after: Vec<_> = (1..=player.len()).map(|at| player.step_at(at).cloned()).collect();
    assert_eq!(before, after);
}

#[test]
fn doing_something_else_where_a_branch_begins_does_only_that() {
    let mut player = player();
    seek(&mut player, ROOT, 210);
    player.enter(1, "kubectl scale statefulset mysql --replicas=2");
    seek(&mut player, BranchId(1), 210);
    let entered = player.enter(1, "kubectl scale statefulset mysql --replicas=4");
    assert_eq!(entered, Entered::Does(BranchId(2)));
    settle(&mut player);
    assert_eq!(player.scene().sets[0].slots.len(), 4);
    let typed = screen(&player, 1);
    assert!(!typed.contains("--replicas=2"), "{typed}");
}

#[test]
fn what_is_done_before_a_branch_begins_is_a_branch_beside_it() {
    let mut player = player();
    seek(&mut player, ROOT, 210);
    player.enter(1, "kubectl scale statefulset mysql --replicas=2");
    seek(&mut player, BranchId(1), 50);
    player.enter(1, "true > a");
    let runs = player.runs();
    let forks = runs.iter().filter_map(|run| run.fork).map(|fork| (fork.parent, fork.index));
    assert_eq!(forks.collect::<Vec<_>>(), [(ROOT, 210), (ROOT, 50)]);
    let text = "lesson\nrun 1 from 0 step 210\n$ kubectl scale statefulset mysql --replicas=2\n\
                run 2 from 0 step 50\n$ true > a\n";
    assert_eq!(saved(&player, &[]), text);
}

#[test]
fn a_removed_branch_takes_its_branches_along_and_nothing_else() {
    let mut player = player();
    for (branch, index, line) in [(0, 210, "true > a"), (1, 211, "true > b"), (0, 100, "true > c")]
    {
        seek(&mut player, BranchId(branch), index);
        player.enter(1, line);
    }
    let left = |player: &Player| -> Vec<u32> {
        let all = (0..).zip(player.history().branches());
        all.filter(|(_, it)| !it.is_removed).map(|(at, _)| at).collect()
    };
    assert_eq!(left(&player), [0, 1, 2]);
    player.rename(BranchId(2), "  my run ");
    assert_eq!(player.history().branches()[2].name, "my run");
    seek(&mut player, BranchId(1), 211);
    player.remove(BranchId(1));
    assert_eq!(left(&player), [0, 2]);
    assert_eq!(player.cursor(), Cursor { branch: ROOT, index: 210 });
    player.remove(ROOT);
    assert_eq!(left(&player), [0, 2]);
}

#[test]
fn a_moment_of_time_is_found_on_every_branch() {
    let mut player = player();
    seek(&mut player, ROOT, 210);
    let at = player.world().now();
    player.enter(1, "kubectl delete pod mysql-0");
    settle(&mut player);
    for time in [SimTime::START, at, SimTime(at.0 + 5_000), SimTime(9_999_999)] {
        for branch in [ROOT, BranchId(1)] {
            let cursor = player.cursor_at(branch, time);
            let step = |index| player.history().step(branch, index).map(|step| step.at);
            assert!(step(cursor.index).is_none_or(|here| here <= time));
            assert!(step(cursor.index + 1).is_none_or(|next| next > time));
        }
    }
}

#[test]
fn a_saved_run_plays_again_to_the_same_steps() {
    let mut player = player();
    seek(&mut player, ROOT, 210);
    // What only looks leaves its shell to what is done, and a terminal has its own.
    let looked = player.enter(1, "kubectl get pods; set=statefulset/mysql; cd /tmp");
    assert!(matches!(looked, Entered::Looked(_)));
    player.enter(1, "kubectl scale $set --replicas=2 | tee said");
    for _ in 0..40 {
        player.extend(1);
    }
    player.command(PlayerCommand::ToEnd);
    player.enter(2, "kubectl get pods | wc -l; cat /tmp/said; echo $PWD $set");
    let shown = screen(&player, 2);
    assert!(shown.ends_with("statefulset.apps/mysql scaled\n/home/learner\n"), "{shown}");
    player.intervene(Intervention::Inject(Fault::Crash("mysql-0".into(), "mysql".into())));
    settle(&mut player);
    let text = saved(&player, &[]);
    let lines = parse(&text).expect("what is saved can be read");

    let mut again = Player::new(Session { files: default_files(), seed: 1, lesson: true });
    for line in &lines {
        match &line.entry {
            ScriptEntry::Wait(Wait::Step(step)) => {
                while again.len() < *step {
                    again.extend(1);
                }
                again.command(PlayerCommand::ToEnd);
            }
            ScriptEntry::Do(Intervention::Type { terminal, line }) => {
                again.enter(*terminal, line);
            }
            ScriptEntry::Do(act) => {
                again.intervene(act.clone());
            }
            ScriptEntry::Lesson => {}
            other => panic!("nobody did {other:?}"),
        }
    }
    settle(&mut again);
    assert_eq!(again.fingerprint(), player.fingerprint(), "{text}");
    for terminal in [1, 2] {
        assert_eq!(screen(&again, terminal), screen(&player, terminal), "{text}");
    }
}

/// Lines that look, that change something, that wait for input, that nobody can read.
const LINES: [&str; 10] = [
    "kubectl get pods",
    "kubectl delete pod mysql-1",
    "kubectl scale sts mysql --replicas=5",
    "kubectl scale sts mysql --replicas=1",
    "kubectl exec mysql-0 -c mysql -- mysql -e 'CREATE DATABASE a'",
    "kubectl exec -it mysql-1 -c mysql -- mysql",
    "SELECT 1;",
    "kubectl delete sts mysql",
    "echo 'half",
    "cat configmap.yaml | kubectl apply -f -",
];

/// Does something a learner could do, wherever.
fn act(player: &mut Player, chance: &mut Seed) {
    let branches = player.history().branches();
    let ids = (0..branches.len()).filter(|at| !branches[*at].is_removed);
    let ids: Vec<u32> = ids.map(|at| at as u32).collect();
    let terminal = 1 + chance.below(2) as u32;
    match chance.below(12) {
        0..=2 => {
            let branch = BranchId(ids[chance.below(ids.len() as u64) as usize]);
            let index = chance.below(u64::from(player.history().len(branch)) + 1) as u32;
            seek(player, branch, index);
        }
        3 => player.command(PlayerCommand::ToEnd),
        4 => {
            player.extend(40);
        }
        5 => {
            player.undo();
        }
        6 if chance.below(3) == 0 => player.remove(player.cursor().branch),
        7 => {
            player.intervene(Intervention::Inject(Fault::NodeLoss("node-2".into())));
        }
        8 => {
            player.intervene(Intervention::Interrupt { terminal });
        }
        9 => player.command(PlayerCommand::StepBack),
        _ => {
            let line = LINES[chance.below(LINES.len() as u64) as usize];
            if player.enter(terminal, line) == Entered::Incomplete {
                player.intervene(Intervention::Type { terminal, line: line.to_string() });
            }
        }
    }
}

/// Plays a session file from the start.
fn played(text: &str) -> Player {
    let mut again = Player::new(Session { files: default_files(), seed: 1, lesson: true });
    let lines = parse(text).expect("what is saved can be read");
    let mut rehearsal = Rehearsal::new(lines);
    while rehearsal.turn(&mut again) != Turn::Over {}
    again
}

#[test]
fn every_run_is_saved_and_played_again() {
    let mut player = player();
    let acts = [
        (0, 210, 1, "kubectl get pods"),
        (0, 210, 1, "kubectl delete pod mysql-0"),
        (0, 300, 2, "kubectl get nodes"),
        (1, 230, 1, "kubectl exec -it mysql-0 -c mysql -- bash"),
        (2, 240, 1, "hostname"),
        (0, 100, 2, "kubectl scale statefulset mysql --replicas=1"),
        (1, 250, 1, "kubectl get pods"),
    ];
    for (branch, index, terminal, line) in acts {
        seek(&mut player, BranchId(branch), index);
        player.enter(terminal, line);
        settle(&mut player);
    }
    player.rename(BranchId(2), "mine # of two");
    seek(&mut player, BranchId(3), 245);
    let text = saved(&player, &[]);
    let again = played(&text);
    assert_eq!(saved(&again, &[]), text);
    assert_eq!(again.cursor(), player.cursor());
    let names = |player: &Player| -> Vec<_> {
        player.runs().into_iter().map(|run| (run.id, run.fork, run.name, run.began)).collect()
    };
    assert_eq!(names(&again), names(&player), "{text}");
    for id in (0..player.history().branches().len() as u32).map(BranchId) {
        let upto = player.history().len(id).min(again.history().len(id));
        let after = |player: &Player| player.history().step(id, upto).map(|step| step.after);
        assert_eq!(after(&again), after(&player), "{text}");
    }
}

#[test]
fn a_step_that_no_run_reaches_leads_to_its_end() {
    let last = u32::MAX;
    let text =
        format!("lesson\nwait step {last}\n$ true > a\nrun 1 from 0 step {last}\n$ true > b\n");
    assert_eq!(played(&text).history().branches().len(), 1);
}

#[test]
fn whatever_is_done_can_be_saved_and_played_again() {
    let mut whole = Player::new(Session { files: default_files(), seed: 1, lesson: true });
    whole.extend(260);
    // The last three once met places that were not there, a lost node, the end of a lesson.
    for seed in (0..8).chain([23, 101, 106]) {
        let (mut player, mut chance) = (whole.clone(), Seed(seed));
        for _ in 0..14 {
            act(&mut player, &mut chance);
            saved(&player, &[]);
        }
        player.extend(30);
        player.command(PlayerCommand::ToEnd);
        let text = saved(&player, &[]);
        let mut again = played(&text);
        assert_eq!(saved(&again, &[]), text, "seed {seed}");
        for _ in again.len()..player.len() {
            again.extend(1);
        }
        let branch = again.cursor().branch;
        seek(&mut again, branch, player.len());
        assert_eq!(
            again.step().map(|step| step.after),
            player.step().map(|step| step.after),
            "seed {seed}: {text}"
        );
    }
}
