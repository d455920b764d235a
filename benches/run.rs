//! How long the model takes: a whole run, a step either way, a jump anywhere.
//!
//! `cargo bench`, or `cargo xtask bench` for the page too. Numbers are of this machine, at this
//! moment; compare only what was measured in one go.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "a benchmark is about real time"
)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use ordinal::player::{Cursor, Player, PlayerCommand, Progress, Session};

/// Steps computed at a time, as the page does between two frames.
const SLICE_STEPS: u32 = 64;

/// How often each small thing is timed.
const TURNS: u32 = 500;

fn main() {
    let mut runs = Vec::new();
    let mut player = Player::new(session());
    for _ in 0..5 {
        player = Player::new(session());
        runs.push(time(|| run(&mut player)));
    }
    let steps = player.len();
    println!("{steps} steps, {} of virtual time", player.end());
    report("whole run", &mut runs);
    if steps == 0 {
        return;
    }

    report("step forward", &mut commands(&mut player, |_| PlayerCommand::StepForward));
    report("step back", &mut commands(&mut player, |_| PlayerCommand::StepBack));
    // The golden ratio spreads the places evenly, and never twice to the same one.
    let anywhere = |turn: u32| {
        let index = (f64::from(turn) * 0.618_034 % 1.0 * f64::from(steps)) as u32;
        PlayerCommand::Seek(Cursor { index, ..Cursor::default() })
    };
    report("jump anywhere", &mut commands(&mut player, anywhere));
}

fn session() -> Session {
    let files = [
        ("configmap.yaml", include_str!("../manifests/configmap.yaml")),
        ("services.yaml", include_str!("../manifests/services.yaml")),
        ("statefulset.yaml", include_str!("../manifests/statefulset.yaml")),
    ];
    Session {
        files: files.map(|(name, text)| (name.into(), text.into())).to_vec(),
        seed: 1,
        lesson: true,
    }
}

fn run(player: &mut Player) {
    while player.extend(SLICE_STEPS) == Progress::Growing {}
}

/// Times a command and everything the page asks for after it.
fn commands(player: &mut Player, command: impl Fn(u32) -> PlayerCommand) -> Vec<Duration> {
    let turns = (0..TURNS.min(player.len())).map(|turn| {
        let command = command(turn);
        time(|| {
            player.command(command);
            black_box((player.scene_before(), player.scene(), player.lit()));
        })
    });
    turns.collect()
}

fn time(act: impl FnOnce()) -> Duration {
    let began = Instant::now();
    act();
    began.elapsed()
}

fn report(name: &str, times: &mut [Duration]) {
    times.sort();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100];
    let (median, most, longest) = (at(50), at(95), at(100));
    let count = times.len();
    print!("{name:<16} {count:>5} times  median {median:>9.2?}");
    println!("  95% {most:>9.2?}  longest {longest:>9.2?}");
}
