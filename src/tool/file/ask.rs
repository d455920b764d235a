//! Questions on standard error, answered by a line of standard input each (gnulib's yesno.c).

use crate::os::{Fd, Poll, Wait};
use crate::tool::Context;
use crate::tool::say::say;

/// Who asks; what was read and not yet used.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub struct Asker {
    asked: bool,
    read: Vec<u8>,
}

impl Asker {
    /// Asks `name: question? ` (once, however often this is called) and gives the answer.
    ///
    /// # Errors
    /// What to wait for, when there is none yet.
    pub fn ask(&mut self, cx: &mut Context, question: impl AsRef<[u8]>) -> Result<bool, Vec<Wait>> {
        let text = say!(cx.called(), ": ", question, "? ");
        self.ask_plainly(cx, text)
    }

    /// As [`Asker::ask`], with the question as it is.
    ///
    /// # Errors
    /// What to wait for, when there is no answer yet.
    pub fn ask_plainly(&mut self, cx: &mut Context, text: Vec<u8>) -> Result<bool, Vec<Wait>> {
        if !std::mem::replace(&mut self.asked, true) {
            cx.out.error(&text);
        }
        let length = loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == b'\n') {
                break end + 1;
            }
            match cx.sys.read(Fd::STDIN, 4_096) {
                Ok(Poll::Wait) => return Err(vec![Wait::Readable(Fd::STDIN)]),
                Ok(Poll::Ready(chunk)) if !chunk.is_empty() => self.read.extend(chunk.to_bytes(1)),
                _ => break self.read.len(),
            }
        };
        self.asked = false;
        let line: Vec<u8> = self.read.drain(..length).collect();
        Ok(matches!(line.first(), Some(b'y' | b'Y')))
    }
}
