//! One self-contained page: no script, nothing from the network, everything of the log escaped.

pub(super) mod drawing;
mod policies;
mod session;

use base64::Engine as _;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::excerpt::tame;
use super::explain::{Explanation, explanation};
use super::picture::Picture;
use super::spot::Spotter;
use super::view::{Sheet, sheet};
use crate::{Bill, Reference, Source};

const STYLE: &str = include_str!("style.css");

/// One session with all that the page shows of it.
struct Shown<'s> {
    /// Names its place on the page.
    anchor: String,
    bill: &'s Bill,
    sheet: Sheet,
    explanation: Explanation,
    picture: Option<Picture>,
}

/// The page of all bills: a list of contents where there are several, then each session with its
/// picture, lines, reasons, findings and policies.
#[must_use]
pub fn report(bills: &[Bill], sources: &[Source], reference: &Reference) -> String {
    let spotters: Vec<Spotter> = sources.iter().map(Spotter::new).collect();
    let shown: Vec<Shown> = bills
        .iter()
        .enumerate()
        .map(|(at, bill)| {
            let spotter = &spotters[bill.source];
            Shown {
                anchor: format!("session-{}", at + 1),
                bill,
                sheet: sheet(bill, sources, spotter, reference),
                explanation: explanation(bill, sources, spotter, reference),
                picture: Picture::of(bill, reference),
            }
        })
        .collect();
    let title = match shown.as_slice() {
        [only] => format!("hangtime: {}", only.sheet.session),
        many => format!("hangtime: {} sessions", many.len()),
    };
    let body = html! {
        header {
            h1 { (title) }
            p.soft { "The billable units that the infusion log supports, with the reason for every unit and every minute." }
        }
        @if shown.len() > 1 { (contents(&shown)) }
        main #main {
            @for session in &shown { (session::section(session, sources, &spotters[session.bill.source])) }
        }
        footer {
            p { "Made by hangtime " (env!("CARGO_PKG_VERSION")) " from the log alone; it does not see the record. Code numbers with labels of hangtime's own: descriptors of CPT codes are the American Medical Association's." }
        }
    };
    page(&title, &body)
}

/// A whole page with its policy: nothing may be loaded, and no style but the page's own applies.
pub(super) fn page(title: &str, body: &Markup) -> String {
    page_with(title, body, "", None)
}

/// A page with more style, and with one script that its policy knows.
pub(super) fn page_with(title: &str, body: &Markup, more: &str, script: Option<&str>) -> String {
    let style = format!("{STYLE}{more}");
    let may = script.map(|script| format!("script-src '{}'; ", fingerprint(script))).unwrap_or_default();
    let policy = format!("default-src 'none'; {may}style-src '{}'; base-uri 'none'; form-action 'none'", fingerprint(&style));
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                style { (PreEscaped(&style)) }
            }
            body {
                a.skip href="#main" { "To the content" }
                (body)
                @if let Some(script) = script { script { (PreEscaped(script)) } }
            }
        }
    }
    .into_string()
    .chars()
    .map(|c| if c == '\n' { c } else { tame(c) })
    .collect()
}

/// What a content security policy knows a style or script by.
pub(super) fn fingerprint(text: &str) -> String {
    format!("sha256-{}", base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// All sessions in a table, each with a link.
fn contents(shown: &[Shown]) -> Markup {
    html! {
        nav aria-label="Contents" {
            h2 { "Contents" }
            div.scroll role="region" aria-label="Contents" tabindex="0" {
                table.contents {
                    thead {
                        tr { th scope="col" { "Session" } th scope="col" { "Setting" } th scope="col" { "Status" }
                             th.number scope="col" { "Units" } th.number scope="col" { "Minutes unbilled" } th.number scope="col" { "To look at" } }
                    }
                    tbody {
                        @for session in shown {
                            tr {
                                td { a href={ "#" (session.anchor) } { (session.sheet.session) } }
                                td { (session.sheet.setting.unwrap_or("unknown")) }
                                td { (session.sheet.status) }
                                td.number { (session.sheet.lines.iter().map(|line| line.units).sum::<usize>()) }
                                td.number { (session.sheet.unbilled.iter().map(|left| left.minutes).sum::<i64>()) }
                                td.number { (session.sheet.findings.len()) }
                            }
                        }
                    }
                }
            }
        }
    }
}
