//! A small recommender behind HTTP: what it answers is in bindings/service/README.md.
//!
//!     service FILE PORT

use duomo::{Context, Model, ModelSlot, Scope, Status, TopKRequest, TopKResult};
use serde_json::{json, Map, Value};
use std::collections::HashMap;
use std::io::ErrorKind;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;
use tiny_http::{Header, Method, Request, Response, Server};

const THREADS: usize = 8;

/// Why a request has no answer.
struct Refusal {
    status: u16,
    message: String,
}

fn bad(message: impl Into<String>) -> Refusal {
    let message = message.into();
    Refusal {
        status: 400,
        message,
    }
}

impl From<duomo::Error> for Refusal {
    fn from(error: duomo::Error) -> Self {
        let unknown = error.status() == Status::NotFound;
        let missing = error.io_kind() == Some(ErrorKind::NotFound);
        Self {
            status: if unknown || missing { 404 } else { 400 },
            message: error.to_string(),
        }
    }
}

impl From<serde_json::Error> for Refusal {
    fn from(error: serde_json::Error) -> Self {
        bad(error.to_string())
    }
}

type Query = HashMap<String, String>;
type Answer = Result<Value, Refusal>;

fn integer(query: &Query, name: &str) -> Result<i64, Refusal> {
    let text = query
        .get(name)
        .ok_or_else(|| bad(format!("there is no {name}")))?;
    text.parse()
        .map_err(|_| bad(format!("{name}: an integer is needed, not {text:?}")))
}

/// The request with what all of them have.
fn filled<'a>(
    request: TopKRequest<'a>,
    model: &Model,
    query: &Query,
) -> Result<TopKRequest<'a>, Refusal> {
    let k = if query.contains_key("k") {
        integer(query, "k")?
    } else {
        10
    };
    let request = request.k(k.try_into().map_err(|_| bad("k: at least 1"))?);
    Ok(if model.info()?.has_titles {
        request.with_titles()
    } else {
        request
    })
}

fn hits(found: TopKResult) -> Answer {
    Ok(json!({ "hits": json!(found)[0] }))
}

fn recommend(context: &mut Context, query: &Query) -> Answer {
    let mut request = filled(
        TopKRequest::user(integer(query, "user")?),
        context.model(),
        query,
    )?;
    if query.get("exclude_seen").is_some_and(|value| value == "1") {
        request = request.exclude_seen();
    }
    hits(context.top_k(&request)?)
}

fn similar(context: &mut Context, query: &Query) -> Answer {
    let request = filled(
        TopKRequest::item(integer(query, "item")?),
        context.model(),
        query,
    )?;
    hits(context.similar(&request)?)
}

fn predict(context: &mut Context, query: &Query) -> Answer {
    let prediction = context.predict(integer(query, "user")?, integer(query, "item")?)?;
    Ok(json!({ "prediction": prediction }))
}

fn newcomer(context: &mut Context, query: &Query, known: &Map<String, Value>) -> Answer {
    let mut user = context.model().features(Scope::User, 1)?;
    for (name, value) in known {
        if let Some(text) = value.as_str() {
            user.set_strings(name, &[text])?;
        } else if let Some(integer) = value.as_i64() {
            user.set_integers(name, &[integer])?;
        } else {
            return Err(bad(format!(
                "{name}: a text or an integer is needed, not {value}"
            )));
        }
    }
    let request = filled(TopKRequest::features(&user), context.model(), query)?;
    hits(context.top_k(&request)?)
}

struct Service {
    slot: ModelSlot,
    requests: AtomicU64,
    errors: AtomicU64,
    swaps: AtomicU64,
    nanoseconds: AtomicU64,
}

impl Service {
    fn swap(&self, body: &Value) -> Result<Model, Refusal> {
        let file = body["file"]
            .as_str()
            .ok_or_else(|| bad("there is no file"))?;
        self.slot.set(Model::open(file)?);
        self.swaps.fetch_add(1, Relaxed);
        Ok(self.slot.get())
    }

    fn answer(&self, request: &mut Request) -> Answer {
        let url = request.url().to_string();
        let (path, query) = url.split_once('?').unwrap_or((&url, ""));
        let query: Query = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let mut model = self.slot.get(); // a reference of this request's own, whatever is swapped meanwhile
        let mut answer = match (request.method(), path) {
            (Method::Get, "/recommend") => recommend(&mut model.context()?, &query)?,
            (Method::Get, "/similar") => similar(&mut model.context()?, &query)?,
            (Method::Get, "/predict") => predict(&mut model.context()?, &query)?,
            (Method::Post, "/newcomer") => {
                let known = serde_json::from_reader(request.as_reader())?;
                newcomer(&mut model.context()?, &query, &known)?
            }
            (Method::Post, "/swap") => {
                model = self.swap(&serde_json::from_reader(request.as_reader())?)?;
                json!({})
            }
            _ => return Err(bad(format!("there is no page {path}"))),
        };
        answer["model"] = format!("{:016x}", model.info()?.fingerprint).into();
        Ok(answer)
    }

    fn metrics(&self) -> String {
        format!(
            "duomo_requests_total {}\nduomo_errors_total {}\nduomo_swaps_total {}\nduomo_seconds_total {}\n",
            self.requests.load(Relaxed),
            self.errors.load(Relaxed),
            self.swaps.load(Relaxed),
            self.nanoseconds.load(Relaxed) as f64 / 1e9,
        )
    }

    fn serve(&self, mut request: Request) -> std::io::Result<()> {
        if request.url() == "/metrics" {
            return request.respond(Response::from_string(self.metrics()));
        }
        let begin = Instant::now();
        let (status, answer) = match self.answer(&mut request) {
            Ok(answer) => (200, answer),
            Err(refusal) => (refusal.status, json!({ "error": refusal.message })),
        };
        self.requests.fetch_add(1, Relaxed);
        self.errors.fetch_add(u64::from(status != 200), Relaxed);
        self.nanoseconds
            .fetch_add(begin.elapsed().as_nanos() as u64, Relaxed);
        let kind = Header::from_bytes("Content-Type", "application/json").expect("it is ASCII");
        request.respond(
            Response::from_string(answer.to_string())
                .with_status_code(status)
                .with_header(kind),
        )
    }
}

fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let mut words = std::env::args().skip(1);
    let (Some(file), Some(port)) = (words.next(), words.next()) else {
        return Err("service FILE PORT".into());
    };
    let service = Service {
        slot: ModelSlot::new(Model::open(file)?)?,
        requests: AtomicU64::default(),
        errors: AtomicU64::default(),
        swaps: AtomicU64::default(),
        nanoseconds: AtomicU64::default(),
    };
    let server = Server::http(("127.0.0.1", port.parse()?))?;
    println!("ready");
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                for request in server.incoming_requests() {
                    let _ = service.serve(request); // the client has gone
                }
            });
        }
    });
    Ok(())
}
