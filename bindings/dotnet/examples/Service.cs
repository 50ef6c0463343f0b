using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Duomo;

/// <summary>
/// A small recommender behind HTTP: what it answers is in bindings/service/README.md.
/// <code>mono Service.exe FILE PORT</code>
/// </summary>
static class Service
{
    private delegate string Page(Model model, IDictionary<string, string> query, string body);

    private static readonly Dictionary<string, Page> Pages = new Dictionary<string, Page>
    {
        {"GET /recommend", Recommend},
        {"GET /similar", (model, query, body) => Hits(model.Similar(Filled(model, query, Integer(query, "item"))))},
        {"GET /predict", Predict},
        {"POST /newcomer", Newcomer},
    };

    private static ModelSlot slot;
    private static long requests, errors, swaps, ticks;

    static void Main(string[] args)
    {
        slot = new ModelSlot(Model.Open(args[0]));
        ThreadPool.SetMinThreads(16, 16);
        var server = new HttpListener();
        server.Prefixes.Add("http://127.0.0.1:" + args[1] + "/");
        server.Start();
        Console.WriteLine("ready");
        for (;;)
        {
            HttpListenerContext exchange = server.GetContext();
            Task.Run(() => Serve(exchange));
        }
    }

    private static string Recommend(Model model, IDictionary<string, string> query, string body)
    {
        TopKRequest request = Filled(model, query, Integer(query, "user"));
        string seen;
        request.ExcludeSeen = query.TryGetValue("exclude_seen", out seen) && seen == "1";
        return Hits(model.TopK(request));
    }

    private static string Predict(Model model, IDictionary<string, string> query, string body)
    {
        return "\"prediction\": " + Number(model.Predict(Integer(query, "user"), Integer(query, "item")));
    }

    private static string Newcomer(Model model, IDictionary<string, string> query, string body)
    {
        using (Features user = model.NewFeatures(Scope.User))
        {
            foreach (KeyValuePair<string, object> one in Json(body))
            {
                if (one.Value is string) user.Set(one.Key, (string)one.Value);
                else user.Set(one.Key, (long)one.Value);
            }
            TopKRequest request = Filled(model, query, null);
            request.Features = user;
            return Hits(model.TopK(request));
        }
    }

    /// <summary>A request with what all of them have.</summary>
    private static TopKRequest Filled(Model model, IDictionary<string, string> query, long? of)
    {
        var request = new TopKRequest { WithTitles = model.Info.HasTitles };
        if (of != null) request.Of = of.Value;
        if (query.ContainsKey("k")) request.K = checked((int)Integer(query, "k"));
        return request;
    }

    private static string Hits(TopKResult found)
    {
        return "\"hits\": [" + string.Join(", ", found[0].Select(hit =>
            "{\"id\": " + hit.Id.ToString(CultureInfo.InvariantCulture) + ", \"score\": " + Number(hit.Score)
            + ", \"title\": " + Quoted(hit.Title ?? "") + "}")) + "]";
    }

    /// <summary>Puts another model in; requests under way end with the one before.</summary>
    private static Model Swap(string body)
    {
        object file;
        if (!Json(body).TryGetValue("file", out file) || !(file is string)) throw new ArgumentException("there is no file");
        slot.Set(Model.Open((string)file));
        Interlocked.Increment(ref swaps);
        return slot.Get();
    }

    private static string Answer(HttpListenerRequest asked)
    {
        string name = asked.HttpMethod + " " + asked.Url.AbsolutePath, body = "";
        if (asked.HttpMethod == "POST") body = new StreamReader(asked.InputStream, Encoding.UTF8).ReadToEnd();
        using (Model model = name == "POST /swap" ? Swap(body) : slot.Get())
        {
            string said = "\"model\": \"" + model.Info.Fingerprint.ToString("x16") + "\"";
            if (name == "POST /swap") return "{" + said + "}";
            Page page;
            if (!Pages.TryGetValue(name, out page)) throw new ArgumentException("there is no page " + asked.Url.AbsolutePath);
            var query = asked.QueryString.AllKeys.Where(key => key != null).ToDictionary(key => key, key => asked.QueryString[key]);
            return "{" + said + ", " + page(model, query, body) + "}";
        }
    }

    private static void Serve(HttpListenerContext exchange)
    {
        if (exchange.Request.Url.AbsolutePath == "/metrics")
        {
            Reply(exchange, 200, "text/plain", string.Format(
                CultureInfo.InvariantCulture,
                "duomo_requests_total {0}\nduomo_errors_total {1}\nduomo_swaps_total {2}\nduomo_seconds_total {3:F6}\n",
                requests, errors, swaps, ticks / 1e7));
            return;
        }
        DateTime begin = DateTime.UtcNow;
        int status = 200;
        string text;
        try
        {
            text = Answer(exchange.Request);
        }
        catch (Exception e) when (e is DuomoException || e is ArgumentException || e is IOException || e is OverflowException)
        {
            bool missing = e is FileNotFoundException || (e as DuomoException)?.Status == Status.NotFound;
            status = missing ? 404 : 400;
            text = "{\"error\": " + Quoted(e.Message) + "}";
            Interlocked.Increment(ref errors);
        }
        Interlocked.Increment(ref requests);
        Interlocked.Add(ref ticks, (DateTime.UtcNow - begin).Ticks);
        Reply(exchange, status, "application/json", text);
    }

    private static void Reply(HttpListenerContext exchange, int status, string kind, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        exchange.Response.StatusCode = status;
        exchange.Response.ContentType = kind;
        exchange.Response.ContentLength64 = bytes.Length;
        exchange.Response.OutputStream.Write(bytes, 0, bytes.Length);
        exchange.Response.Close();
    }

    private static long Integer(IDictionary<string, string> query, string name)
    {
        string text;
        long value;
        if (!query.TryGetValue(name, out text)) throw new ArgumentException("there is no " + name);
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value)) return value;
        throw new ArgumentException(name + ": an integer is needed, not \"" + text + "\"");
    }

    /// <summary>Nine digits say which float it is.</summary>
    private static string Number(float value)
    {
        return value.ToString("G9", CultureInfo.InvariantCulture);
    }

    private static string Quoted(string text)
    {
        var made = new StringBuilder("\"");
        foreach (char c in text)
        {
            if (c == '"' || c == '\\') made.Append('\\').Append(c);
            else if (c < ' ') made.Append("\\u").Append(((int)c).ToString("x4"));
            else made.Append(c);
        }
        return made.Append('"').ToString();
    }

    /// <summary>An object of texts and integers. (System.Text.Json is no part of .NET Standard 2.0.)</summary>
    private static Dictionary<string, object> Json(string text)
    {
        const string Entry = @"\s*""((?:[^""\\]|\\.)*)""\s*:\s*(?:""((?:[^""\\]|\\.)*)""|(-?[0-9]+))\s*";
        Match all = Regex.Match(text, @"^\s*\{(?:" + Entry + "(?:," + Entry + @")*|\s*)\}\s*$");
        if (!all.Success) throw new ArgumentException("an object of texts and integers is needed");
        var made = new Dictionary<string, object>();
        foreach (Match one in Regex.Matches(text, Entry))
        {
            string name = Regex.Unescape(one.Groups[1].Value);
            if (one.Groups[3].Success) made[name] = checked(long.Parse(one.Groups[3].Value, CultureInfo.InvariantCulture));
            else made[name] = Regex.Unescape(one.Groups[2].Value);
        }
        return made;
    }
}
