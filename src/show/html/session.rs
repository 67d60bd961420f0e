//! One session on the page.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::drawing::drawing;
use super::{Shown, policies};
use crate::Source;
use crate::session::finding::Finding;
use crate::show::drugs::SheetDrugLine;
use crate::show::explain::{Part, Step};
use crate::show::findings::draw_all;
use crate::show::spot::Spotter;
use crate::show::view::{Left, Sheet, SheetLine};

pub fn section(shown: &Shown, sources: &[Source], spotter: &Spotter) -> Markup {
    let (sheet, bill) = (&shown.sheet, shown.bill);
    let source = &sources[bill.source];
    let date = bill.session.as_ref().and_then(|session| session.date.parse::<NaiveDate>().ok());
    html! {
        section.session id=(shown.anchor) aria-labelledby={ (shown.anchor) "-name" } {
            h2 id={ (shown.anchor) "-name" } { (sheet.session) }
            p.soft {
                (sheet.setting.unwrap_or("setting unknown")) ", "
                @if let Some(date) = date { (date.format("%a %-d %b %Y")) ", " }
                "profile " (sheet.profile) ", " (source.name)
            }
            (status(sheet))
            (missing(bill.findings.as_slice()))
            @if let Some(picture) = shown.picture.as_ref().filter(|picture| !picture.rows.is_empty()) {
                h3 { "Timeline" }
                (drawing(picture, &shown.anchor, &sheet.session))
            }
            @if !sheet.lines.is_empty() {
                h3 { "Lines" }
                (lines(&sheet.lines))
            }
            @if !sheet.drug_lines.is_empty() {
                h3 { "The drugs themselves" }
                (drugs(&sheet.drug_lines))
            }
            @if !sheet.unbilled.is_empty() {
                h3 { "Earned nothing" }
                (unbilled(&sheet.unbilled))
            }
            @if bill.claim.is_some() { (sums(sheet)) }
            @if !bill.findings.is_empty() {
                h3 { "To look at" }
                pre tabindex="0" role="region" aria-label="Findings, each with its place in the log" {
                    (draw_all(bill.findings.iter(), bill.number, source, spotter, false).trim_end())
                }
            }
            (argument(shown))
            @if let Some(claim) = &bill.claim {
                h3 { "Policies in force" }
                (policies::table(&claim.coded.policies))
            }
        }
    }
}

fn status(sheet: &Sheet) -> Markup {
    html! {
        @match sheet.status {
            "error" => p.failed { strong.error { "Not billed:" } " the log has an error." },
            "held" => p.held { strong.error { "Held:" } " nothing is billed until the record is complete." },
            _ => @if sheet.lines.is_empty() { p { "Nothing here earns a unit." } },
        }
    }
}

/// What the record lacks, before anything else: it is what can still be mended.
fn missing(findings: &[Finding]) -> Markup {
    let missing: Vec<&Finding> = findings.iter().filter(|finding| finding.id == "U1").collect();
    html! {
        @if !missing.is_empty() {
            h3 { "Missing from the record" }
            ul.missing {
                @for finding in missing {
                    li { (finding.message) @if let Some(help) = &finding.help { span.soft { ": " (help) } } }
                }
            }
        }
    }
}

fn lines(lines: &[SheetLine]) -> Markup {
    html! {
        div.scroll role="region" aria-label="Lines" tabindex="0" {
            table.lines {
                thead {
                    tr {
                        th scope="col" { "Date" } th scope="col" { "Code" } th scope="col" { "Modifiers" } th.number scope="col" { "Units" }
                        th scope="col" { "Service" } th scope="col" { "Drug" } th.number scope="col" { "Minutes" } th scope="col" { "Rule" }
                    }
                }
                tbody {
                    @for line in lines {
                        tr {
                            td.code { (line.date) }
                            td.code { (line.code) }
                            td.code { (line.modifiers.join(" ")) }
                            td.number { (line.units) }
                            td { (line.label) }
                            td { (line.drugs.join(", ")) }
                            td.number { @if line.minutes() > 0 { (line.minutes()) } }
                            td { (line.rules().join(" ")) }
                        }
                    }
                }
            }
        }
    }
}

fn drugs(lines: &[SheetDrugLine]) -> Markup {
    html! {
        div.scroll role="region" aria-label="The drugs themselves" tabindex="0" {
            table.drugs {
                thead {
                    tr {
                        th scope="col" { "Date" } th scope="col" { "Code" } th scope="col" { "Modifiers" } th.number scope="col" { "Units" }
                        th scope="col" { "Drug" } th scope="col" { "Given" } th scope="col" { "Rule" }
                    }
                }
                tbody {
                    @for line in lines {
                        tr {
                            td.code { (line.date) }
                            td.code { (line.code) }
                            td.code { (line.modifiers.join(" ")) }
                            td.number { (line.units) }
                            td { (line.drugs.join(", ")) }
                            td { (line.sum()) }
                            td { (line.rules().join(" ")) }
                        }
                    }
                }
            }
        }
    }
}

fn unbilled(unbilled: &[Left]) -> Markup {
    html! {
        div.scroll role="region" aria-label="What earned nothing" tabindex="0" {
            table.unbilled {
                thead {
                    tr {
                        th scope="col" { "Drug" } th scope="col" { "From" } th scope="col" { "To" } th.number scope="col" { "Minutes" }
                        th scope="col" { "Rule" } th scope="col" { "Why" }
                    }
                }
                tbody {
                    @for left in unbilled {
                        tr {
                            td { (left.drug) }
                            td.code { (left.from.replace('T', " ")) }
                            td.code { (left.to.replace('T', " ")) }
                            td.number { (left.minutes) }
                            td { (left.rule) }
                            td { (left.text) }
                        }
                    }
                }
            }
        }
    }
}

fn sums(sheet: &Sheet) -> Markup {
    let billed: i64 = sheet.lines.iter().map(SheetLine::minutes).sum();
    let unbilled: i64 = sheet.unbilled.iter().map(|left| left.minutes).sum();
    html! {
        p.sums { (billed + unbilled) " minutes ran: " (billed) " in lines, " (unbilled) " unbilled." }
    }
}

/// The argument, its steps numbered through as on the terminal.
fn argument(shown: &Shown) -> Markup {
    let explanation = &shown.explanation;
    // The findings stand above, with their excerpts.
    let steps = explanation.steps.iter().filter(|step| step.part != Part::Findings).collect::<Vec<_>>();
    html! {
        @if !steps.is_empty() {
            h3 { "The argument" }
            @for part in steps.chunk_by(|one, next| one.part == next.part) {
                h4 { (part[0].part.heading()) }
                ol.steps start=(part[0].number) { @for step in part { (self::step(step)) } }
            }
            @if !explanation.rules.is_empty() {
                h4 { "Rules and their sources" }
                dl.rules {
                    @for cited in &explanation.rules {
                        dt { (cited.rule) ": " (cited.title) }
                        dd { (cited.source) }
                    }
                }
            }
        }
    }
}

fn step(step: &Step) -> Markup {
    let lines: Vec<String> = step.lines.iter().map(ToString::to_string).collect();
    html! {
        li {
            (step.text) "."
            @if let Some(near) = &step.near { " " span.near { "Near a threshold: " (near) "." } }
            @if !step.items.is_empty() { ul { @for item in &step.items { li { (item) } } } }
            @if !step.rules.is_empty() || !lines.is_empty() {
                " "
                span.rests {
                    (step.rules.join(" "))
                    @if !lines.is_empty() {
                        @if !step.rules.is_empty() { ", " }
                        @if lines.len() == 1 { "line " } @else { "lines " }
                        (lines.join(", "))
                    }
                }
            }
        }
    }
}
