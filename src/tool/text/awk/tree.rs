//! Expressions and statements. How deep they nest is bounded by the parser.

use crate::base::real::Real;

/// What can be assigned to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// A variable.
    Name(String),
    /// `$e`.
    Field(Box<Expr>),
    /// `a[e, …]`.
    Element(String, Vec<Expr>),
}

/// An expression.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Expr {
    /// A number.
    Number(Real),
    /// A string.
    Text(Vec<u8>),
    /// `/…/`: whether the record matches, or a pattern where one is asked for.
    Regex(Vec<u8>),
    /// A place's value.
    Place(Place),
    /// `place op= e`; `=` without an operator.
    Assign(Place, Option<u8>, Box<Expr>),
    /// `++p`, `p--` …: by how much, and whether the old value counts.
    Step(Place, i64, bool),
    /// `c ? a : b`.
    Choice(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `a && b`.
    And(Box<Expr>, Box<Expr>),
    /// `a || b`.
    Or(Box<Expr>, Box<Expr>),
    /// `(i, j) in a`.
    In(Vec<Expr>, String),
    /// `a ~ b`; `true`: `!~`.
    Match(bool, Box<Expr>, Box<Expr>),
    /// `<`, `<=`, `==`, `!=`, `>`, `>=`.
    Compare(&'static str, Box<Expr>, Box<Expr>),
    /// Side by side.
    Join(Box<Expr>, Box<Expr>),
    /// `+ - * / % ^`.
    Math(u8, Box<Expr>, Box<Expr>),
    /// `-`, `+`, `!`.
    Sign(u8, Box<Expr>),
    /// A built-in function.
    Builtin(&'static str, Vec<Expr>),
    /// A function of the program.
    Call(String, Vec<Expr>),
    /// `getline`: where to, and the file or (`true`) the command it reads, if not the input.
    Getline(Option<Place>, Option<(Box<Expr>, bool)>),
    /// `( … )`: keeps `>` from being a redirection, `a b` from binding.
    Group(Box<Expr>),
}

/// Where print goes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// Standard output.
    Output,
    /// `> file`.
    File(Expr),
    /// `>> file`.
    Append(Expr),
    /// `| command`.
    Pipe(Expr),
}

/// A statement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stmt {
    /// An expression for what it does.
    Expr(Expr),
    /// `print` or (`true`) `printf`.
    Print(bool, Vec<Expr>, Target),
    /// `if`.
    If(Expr, Box<Stmt>, Option<Box<Stmt>>),
    /// `while`.
    While(Expr, Box<Stmt>),
    /// `do … while`.
    Do(Box<Stmt>, Expr),
    /// `for (;;)`.
    For(Option<Box<Stmt>>, Option<Expr>, Option<Box<Stmt>>, Box<Stmt>),
    /// `for (k in a)`.
    ForIn(Place, String, Box<Stmt>),
    /// `{ … }`.
    Block(Vec<Stmt>),
    /// `next`.
    Next,
    /// `nextfile`.
    NextFile,
    /// `exit`.
    Exit(Option<Expr>),
    /// `return`.
    Return(Option<Expr>),
    /// `break`.
    Break,
    /// `continue`.
    Continue,
    /// `delete a[e]`; without a subscript, all.
    Delete(String, Option<Vec<Expr>>),
}

/// When a rule's action runs.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pattern {
    /// Before the input.
    Begin,
    /// After it.
    End,
    /// On every record.
    Always,
    /// Where it holds.
    Holds(Expr),
    /// From one to the other.
    Range(Expr, Expr),
}

/// A function of the program.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Parameters, locals among them.
    pub params: Vec<String>,
    /// Which of them are arrays.
    pub arrays: Vec<bool>,
    /// What it does.
    pub body: Stmt,
}

/// A whole program.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Program {
    /// Rules in order; an action of `None` prints the record.
    pub rules: Vec<(Pattern, Option<Stmt>)>,
    /// Functions.
    pub functions: Vec<Function>,
    /// The names of its arrays.
    pub arrays: Vec<String>,
}
