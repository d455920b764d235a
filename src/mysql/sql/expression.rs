//! Expressions as they were written.

use super::ast::{OrderBy, Select};

/// An expression.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Expr {
    Null,
    Bool(bool),
    Text(String),
    Number(String),
    /// `0x41`, `x'41'`, `b'1'`.
    Bits(Vec<u8>),
    Column {
        table: Option<String>,
        name: String,
    },
    UserVar(String),
    /// `@name := value`.
    Assign(String, Box<Expr>),
    SystemVar {
        global: bool,
        name: String,
    },
    Not(Box<Expr>),
    Negate(Box<Expr>),
    Binary(Op, Box<Expr>, Box<Expr>),
    IsNull(Box<Expr>, bool),
    Like(Box<Expr>, Box<Expr>, bool),
    Regexp(Box<Expr>, Box<Expr>, bool),
    In(Box<Expr>, Vec<Expr>, bool),
    InSelect(Box<Expr>, Box<Select>, bool),
    Between(Box<Expr>, Box<Expr>, Box<Expr>, bool),
    Call(String, Vec<Expr>),
    /// COUNT(*), COUNT(DISTINCT x), SUM …
    Aggregate {
        name: String,
        distinct: bool,
        argument: Option<Box<Expr>>,
        /// GROUP_CONCAT's ORDER BY, and its SEPARATOR.
        concat: Box<(OrderBy, String)>,
    },
    /// `(a, b)`.
    Row(Vec<Expr>),
    /// `a > ANY (SELECT …)`; true: ALL.
    Quantified(Op, Box<Expr>, Box<Select>, bool),
    Case {
        of: Option<Box<Expr>>,
        when: Vec<(Expr, Expr)>,
        otherwise: Option<Box<Expr>>,
    },
    Interval(Box<Expr>, Box<Expr>, String),
    Cast(Box<Expr>, String),
    Subquery(Box<Select>),
    Exists(Box<Select>),
}

/// A binary operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)]
pub enum Op {
    Or,
    Xor,
    And,
    Eq,
    NullEq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    Add,
    Sub,
    Mul,
    Div,
    IntDiv,
    Mod,
    BitAnd,
    BitOr,
    BitXor,
    ShiftLeft,
    ShiftRight,
}

impl Op {
    /// As MySQL writes it where it writes expressions anew.
    pub fn sign(self) -> &'static str {
        match self {
            Op::Or => "or",
            Op::Xor => "xor",
            Op::And => "and",
            Op::Eq => "=",
            Op::NullEq => "<=>",
            Op::Ne => "<>",
            Op::Lt => "<",
            Op::Le => "<=",
            Op::Gt => ">",
            Op::Ge => ">=",
            Op::Add => "+",
            Op::Sub => "-",
            Op::Mul => "*",
            Op::Div => "/",
            Op::IntDiv => "DIV",
            Op::Mod => "%",
            Op::BitAnd => "&",
            Op::BitOr => "|",
            Op::BitXor => "^",
            Op::ShiftLeft => "<<",
            Op::ShiftRight => ">>",
        }
    }
}

impl Expr {
    /// The conditions that must all hold where this one does, from left to right.
    pub fn conjuncts(&self) -> Vec<&Expr> {
        match self {
            Expr::Binary(Op::And, a, b) => [a.conjuncts(), b.conjuncts()].concat(),
            other => vec![other],
        }
    }

    /// Its parts, subqueries left out.
    pub fn children(&self) -> Vec<&Expr> {
        match self {
            Expr::Not(a)
            | Expr::Negate(a)
            | Expr::IsNull(a, _)
            | Expr::Cast(a, _)
            | Expr::Assign(_, a)
            | Expr::InSelect(a, ..) => vec![a],
            Expr::Binary(_, a, b) | Expr::Like(a, b, _) | Expr::Regexp(a, b, _) => vec![a, b],
            Expr::Interval(a, b, _) => vec![a, b],
            Expr::In(a, list, _) => std::iter::once(&**a).chain(list).collect(),
            Expr::Between(a, b, c, _) => vec![a, b, c],
            Expr::Call(_, list) => list.iter().collect(),
            Expr::Aggregate { argument, concat, .. } => {
                argument.as_deref().into_iter().chain(concat.0.iter().map(|(e, _)| e)).collect()
            }
            Expr::Row(list) => list.iter().collect(),
            Expr::Quantified(_, a, ..) => vec![a],
            Expr::Case { of, when, otherwise } => of
                .as_deref()
                .into_iter()
                .chain(when.iter().flat_map(|(a, b)| [a, b]))
                .chain(otherwise.as_deref())
                .collect(),
            Expr::Null
            | Expr::Bool(_)
            | Expr::Text(_)
            | Expr::Number(_)
            | Expr::Bits(_)
            | Expr::Column { .. }
            | Expr::UserVar(_)
            | Expr::SystemVar { .. }
            | Expr::Subquery(_)
            | Expr::Exists(_) => Vec::new(),
        }
    }

    /// The same, to be changed.
    pub fn children_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            Expr::Not(a)
            | Expr::Negate(a)
            | Expr::IsNull(a, _)
            | Expr::Cast(a, _)
            | Expr::Assign(_, a)
            | Expr::InSelect(a, ..) => vec![a],
            Expr::Binary(_, a, b) | Expr::Like(a, b, _) | Expr::Regexp(a, b, _) => vec![a, b],
            Expr::Interval(a, b, _) => vec![a, b],
            Expr::In(a, list, _) => std::iter::once(&mut **a).chain(list).collect(),
            Expr::Between(a, b, c, _) => vec![a, b, c],
            Expr::Aggregate { argument, concat, .. } => {
                let order = concat.0.iter_mut().map(|(e, _)| e);
                argument.as_deref_mut().into_iter().chain(order).collect()
            }
            Expr::Call(_, list) | Expr::Row(list) => list.iter_mut().collect(),
            Expr::Quantified(_, a, ..) => vec![a],
            Expr::Case { of, when, otherwise } => of
                .as_deref_mut()
                .into_iter()
                .chain(when.iter_mut().flat_map(|(a, b)| [a, b]))
                .chain(otherwise.as_deref_mut())
                .collect(),
            Expr::Null
            | Expr::Bool(_)
            | Expr::Text(_)
            | Expr::Number(_)
            | Expr::Bits(_)
            | Expr::Column { .. }
            | Expr::UserVar(_)
            | Expr::SystemVar { .. }
            | Expr::Subquery(_)
            | Expr::Exists(_) => Vec::new(),
        }
    }

    /// Whether a COUNT, SUM … is in it.
    pub fn has_aggregate(&self) -> bool {
        matches!(self, Expr::Aggregate { .. })
            || self.children().into_iter().any(Expr::has_aggregate)
    }
}
