//! hangtime reads an infusion session log and says which units it supports, and why.
//!
//! ```
//! use hangtime::{Options, Reference, Source, bill};
//!
//! let log = br#"Session(id: "a", setting: Hospital, date: "2026-03-02", events: [
//!     Infuse(from: "09:05", to: "09:37", drug: "ceftriaxone"),
//! ])"#;
//! let bills = bill(&[Source::new("a.ron", log)], &Options::default(), Reference::embedded());
//! let claim = bills[0].claim.as_ref().expect("nothing is wrong with this log");
//! assert_eq!(claim.lines.len(), 1);
//! ```

#![forbid(unsafe_code)]

pub mod audit;
mod bills;
pub mod claim;
pub mod claims_in;
pub mod coding;
pub mod logs_in;
pub mod money;
pub mod practice;
pub mod readings;
pub mod reference;
pub mod session;
pub mod show;
pub mod stream;
pub mod timeline;
pub mod writing;

pub use bills::{Bill, Form, Options, Source, bill, bill_sessions, read};
pub use claim::{Claim, Status};
pub use reference::{Policies, Reference};
