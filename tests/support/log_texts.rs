//! The times and drug names that a log holds, to be looked at or changed one by one.

use hangtime::session::log::Event;

/// Every time of an event, as written.
pub fn times(event: &mut Event) -> Vec<&mut String> {
    match event {
        Event::Infuse(e) => vec![&mut e.from, &mut e.to],
        Event::Start(e) => vec![&mut e.at],
        Event::Stop(e) => vec![&mut e.at],
        Event::Pause(e) | Event::Resume(e) | Event::Check(e) => vec![&mut e.at],
        Event::Rate(e) => vec![&mut e.at],
        Event::Push(e) => vec![&mut e.at],
        Event::Inject(e) => vec![&mut e.at],
        Event::OnBodyInjector(e) | Event::PumpSetup(e) => vec![&mut e.at],
        Event::FlushPort(e) => vec![&mut e.at],
        Event::PumpRefill(e) => vec![&mut e.at],
        Event::Transfuse(e) => vec![&mut e.at],
        Event::Instill(e) => vec![&mut e.at],
        Event::Service(e) => vec![&mut e.at],
        Event::Note(e) => vec![&mut e.at],
    }
}

/// The drug of an event, as written.
pub fn drug(event: &mut Event) -> Option<&mut String> {
    match event {
        Event::Infuse(e) => Some(&mut e.drug),
        Event::Start(e) => Some(&mut e.drug),
        Event::Stop(e) => Some(&mut e.drug),
        Event::Pause(e) | Event::Resume(e) | Event::Check(e) => Some(&mut e.drug),
        Event::Rate(e) => Some(&mut e.drug),
        Event::Push(e) => Some(&mut e.drug),
        Event::Inject(e) => Some(&mut e.drug),
        Event::OnBodyInjector(e) | Event::PumpSetup(e) => Some(&mut e.drug),
        Event::Instill(e) => Some(&mut e.drug),
        Event::FlushPort(_) | Event::PumpRefill(_) | Event::Transfuse(_) | Event::Service(_) | Event::Note(_) => None,
    }
}
