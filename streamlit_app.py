"""The app's front door. Start it with ``make app``.

The server imports this file once, and finds `app`. Streamlit then runs it as a script for every visitor, and
again after everything that a visitor does. Only then are widgets imported: Streamlit would forget components
that are declared before its server is there.
"""

if __name__ == "__main__":
    from widgets.session.run_page import show_page

    show_page()
else:
    from streamlit.starlette import App

    from server.application import lifespan, middleware, routes

    app = App(__file__, routes=routes(), middleware=middleware(), lifespan=lifespan)
