//! What the page can be asked.

use ordinal::player::PlayerCommand;

use super::acts::Act;
use super::console::ConsoleCommand;
use super::page::{Dialog, Focus, Tab};
use super::pick::{Pick, Victim};
use super::session::Options;

/// What the page itself can be asked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum UiCommand {
    /// Speak the other language.
    ToggleLang,
    /// Turn light into dark, and back.
    ToggleTheme,
    /// Make everything larger for a class, or small again.
    ToggleProjector,
    /// Show this on the right.
    Open(Tab),
    /// Open a name's truth.
    Pick(Pick),
    /// Let the right side follow the step again.
    Follow,
    /// Show one of the manifest files; `None`: the step's.
    File(Option<u32>),
    /// Show where an object is declared: its kind and name.
    Declared(&'static str, String),
    /// Show this pod on the right, and what of it.
    Focus(Focus),
    /// Show what can be broken: of this, or all there is.
    Break(Option<Victim>),
    /// Open or close the chain of causes.
    Why(bool),
    /// Put something over the page, or take it away.
    Show(Option<Dialog>),
    /// Open or close the right side on a narrow screen.
    Drawer(bool),
    /// Run with other options.
    Run(Options),
    /// Go where the address leads: somebody has entered another one.
    FollowLink,
    /// Copy a link to this step.
    Share,
    /// Copy text.
    Copy(String),
    /// What is wrong with the address was shown.
    SeenRefusal,
    /// Edit the manifests, or look at them again.
    EditFiles(bool),
    /// A manifest is now to say this; `None`: what it says anyway.
    Draft(String, Option<String>),
    /// Save a manifest beside the terminals and apply it.
    ApplyDraft(String, String),
    /// Close the topmost thing that is open.
    Escape,
    /// The window has another size.
    Resized,
}

/// Anything the page can be asked.
pub enum Command {
    /// Of the player.
    Player(PlayerCommand),
    /// Of the page.
    Ui(UiCommand),
    /// What the learner does.
    Act(Act),
    /// Of the console.
    Console(ConsoleCommand),
}

impl From<ConsoleCommand> for Command {
    fn from(command: ConsoleCommand) -> Command {
        Command::Console(command)
    }
}

impl From<Act> for Command {
    fn from(act: Act) -> Command {
        Command::Act(act)
    }
}

impl From<PlayerCommand> for Command {
    fn from(command: PlayerCommand) -> Command {
        Command::Player(command)
    }
}

impl From<UiCommand> for Command {
    fn from(command: UiCommand) -> Command {
        Command::Ui(command)
    }
}
